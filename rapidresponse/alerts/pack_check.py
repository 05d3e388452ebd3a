"""What must hold in the files of an alert pack; every fault names its file and its key."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from commons.roster.models import SlotKind

CERTAINTIES = ("unverified", "likely", "confirmed")
KINDS = ("alert", "update", "stale", "unanswered", "correction", "departed", "all_clear")
NEEDS = ("lead", "seen_or_verified", "decision", "second_account")
SLOT_KINDS = ("code", "name", "time", "choice")
CORE, FAMILIES = "A1", "A9"
# Whom an unverified claim may reach: the site core, its district, its dispatchers (I1).
NARROW = frozenset({CORE, "A3", "A4"})
# Staff and responders may hear one where agents are inside; nobody beyond them ever.
INSIDE = NARROW | {"A2", "A6"}
# Told to core and staff whomever the alert itself is for.
_TO_THE_SITE = {"unanswered": {CORE, "A2"}}

Table = dict[str, Any]

_TOP = {
    "edition": str,
    "locales": list,
    "fallback": list,
    "longest": int,
    "audiences": dict,
    "choices": dict,
    "slots": dict,
    "lists": dict,
    "parts": dict,
    "types": dict,
}
_AUDIENCE = {"name": str, "rank": int, "needs": str}
_SLOT = {"kind": str}
_SLOT_MAY = {
    "longest": int,
    "list": str,
    "follows": str,
    "default": str,
    "inner": bool,
    "asked": bool,
}
_TYPE = {"priority": int, "hears": dict, "stale": dict, "kinds": dict}
_TYPE_MAY = {
    "chain": bool,
    "decision": bool,
    "needs": dict,
    "required": dict,
    "break_glass": list,
}
_WORDS = {"direction": str, "review": dict, "parts": dict, "lists": dict}
_REVIEW = {"state": str, "by": str, "on": str}


def slots_of(template: str) -> list[str]:
    """Return the slot names in a template, in order, with repeats. Raises ValueError."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]


def structure_faults(raw: Table) -> list[str]:
    """Return what is wrong with the structure file, in whole; empty when it may be used."""
    found = list(_shape("", raw, _TOP)) or list(_shapes_within(raw)) or list(_references(raw))
    return [f"types.toml: {fault}" for fault in found]


def words_faults(structure: Table, locale: str, raw: Table) -> list[str]:
    """Return what is wrong with one language's words; the structure must be free of faults."""
    found = list(_shape("", raw, _WORDS)) or [
        *_review_faults(raw),
        *_part_faults(structure["parts"], raw["parts"]),
        *_list_faults(structure["lists"], raw["lists"]),
    ]
    found = found or list(_length_faults(structure, raw))
    return [f"texts.{locale}.toml: {fault}" for fault in found]


def _shape(
    where: str, raw: Any, must: Mapping[str, type], may: Mapping[str, type] | None = None
) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield f"{where}: not a table"
        return
    known = {**must, **(may or {})}
    dot = f"{where}." if where else ""
    yield from (f"{dot}{key}: missing" for key in must if key not in raw)
    for key, value in raw.items():
        if key not in known:
            yield f"{dot}{key}: not a key of the pack"
        elif type(value) is not known[key]:
            yield f"{dot}{key}: not a {known[key].__name__}"


def _shapes_within(raw: Table) -> Iterator[str]:
    for key, value in raw["audiences"].items():
        yield from _shape(f"audiences.{key}", value, _AUDIENCE)
    for key, value in raw["slots"].items():
        yield from _shape(f"slots.{key}", value, _SLOT, _SLOT_MAY)
    for group in ("lists", "parts", "choices"):
        for key, value in raw[group].items():
            yield from _strings(f"{group}.{key}", value)
    yield from _strings("locales", raw["locales"])
    yield from _strings("fallback", raw["fallback"])
    for key, value in raw["types"].items():
        yield from list(_shape(f"types.{key}", value, _TYPE, _TYPE_MAY)) or _type_shapes(key, value)


def _type_shapes(key: str, raw: Table) -> Iterator[str]:
    for group, kind in (("hears", list), ("stale", int)):
        yield from _shape(f"types.{key}.{group}", raw[group], dict.fromkeys(CERTAINTIES, kind))
    yield from _strings(f"types.{key}.break_glass", raw.get("break_glass", []))
    for name, kind in raw["kinds"].items():
        where = f"types.{key}.kinds.{name}"
        if name not in KINDS:
            yield f"{where}: not a kind of version"
        if not isinstance(kind, dict) or type(kind.get("next_update")) is not int:
            yield f"{where}.next_update: minutes are missing"
            continue
        for audience, parts in kind.items():
            if audience != "next_update":
                yield from _strings(f"{where}.{audience}", parts)


def _strings(where: str, value: Any) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        yield f"{where}: not a list of names"
    elif len(set(value)) != len(value):
        yield f"{where}: names something twice"


def _references(raw: Table) -> Iterator[str]:
    yield from _unknown("fallback", raw["fallback"], raw["locales"])
    for key, audience in raw["audiences"].items():
        yield from _unknown(f"audiences.{key}.needs", [audience["needs"]], NEEDS)
    for key, names in raw["choices"].items():
        yield from _unknown(f"choices.{key}", names, raw["audiences"])
        if names[:1] != [CORE]:
            yield f"choices.{key}: {CORE} comes first, whoever else is told"
    for key, slot in raw["slots"].items():
        yield from _slot_faults(raw, f"slots.{key}", slot)
    for key, slots in raw["parts"].items():
        yield from _unknown(f"parts.{key}", slots, raw["slots"])
    for key, value in raw["types"].items():
        yield from _type_faults(raw, key, value)


def _unknown(where: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    held = set(known)
    yield from (f"{where}: “{name}” is not known" for name in names if name not in held)


def _slot_faults(raw: Table, where: str, slot: Table) -> Iterator[str]:
    lists, follows = raw["lists"], slot.get("follows")
    yield from _unknown(f"{where}.kind", [slot["kind"]], SLOT_KINDS)
    if slot["kind"] != "choice":
        if slot.get("longest", 0) < 1:
            yield f"{where}.longest: missing"
        return
    own = lists.get(slot.get("list"))
    if own is None:
        yield f"{where}.list: names no list"
        return
    if "default" in slot:
        yield from _unknown(f"{where}.default", [slot["default"]], own)
    if follows is not None:
        other = lists.get(raw["slots"].get(follows, {}).get("list"))
        if other is None or set(other) != set(own):
            yield f"{where}.follows: the two lists do not have the same choices"


def _type_faults(raw: Table, key: str, type_: Table) -> Iterator[str]:
    inside = type_.get("break_glass", [])
    where, heard = f"types.{key}", {a for names in type_["hears"].values() for a in names}
    heard |= set(inside)
    yield from _unknown(f"{where}.hears", heard, raw["audiences"])
    yield from _unknown(f"{where}.needs", type_.get("needs", {}), raw["audiences"])
    yield from _unknown(f"{where}.needs", type_.get("needs", {}).values(), NEEDS)
    yield from _unknown(f"{where}.required", type_.get("required", {}), SlotKind)
    if any(type(s) is not int or s < 30 for s in type_.get("required", {}).values()):
        yield f"{where}.required: each role has at least 30 seconds"
    if any(minutes < 1 for minutes in type_["stale"].values()):
        yield f"{where}.stale: minutes must be one or more"
    yield from _width_faults(where, type_)
    for name, kind in type_["kinds"].items():
        texts = {a: parts for a, parts in kind.items() if a != "next_update"}
        yield from (
            f"{where}.kinds.{name}.{a}: has a text on one side only"
            for a in sorted(_TO_THE_SITE.get(name, heard) ^ set(texts))
        )
        for audience, parts in texts.items():
            yield from _text_faults(raw, f"{where}.kinds.{name}.{audience}", audience, parts)


def _width_faults(where: str, type_: Table) -> Iterator[str]:
    claims = not (type_.get("chain") or type_.get("decision"))
    if claims and set(type_["hears"]["unverified"]) - NARROW:
        yield f"{where}.hears.unverified: an unverified claim goes to {sorted(NARROW)} only"
    if set(type_.get("break_glass", [])) - INSIDE:
        yield f"{where}.break_glass: only {sorted(INSIDE)} may hear what nobody has verified"


def _text_faults(raw: Table, where: str, audience: str, parts: list[str]) -> Iterator[str]:
    yield from _unknown(where, parts, raw["parts"])
    if audience != FAMILIES:
        return
    for slot in (s for part in parts for s in raw["parts"].get(part, ())):
        if raw["slots"].get(slot, {}).get("inner"):
            yield f"{where}: families are never told {{{slot}}}"


def _review_faults(raw: Table) -> Iterator[str]:
    review = raw["review"]
    shape = list(_shape("review", review, _REVIEW))
    yield from shape
    yield from _unknown("direction", [raw["direction"]], ("ltr", "rtl"))
    if shape:
        return
    yield from _unknown("review.state", [review["state"]], ("draft", "reviewed"))
    if review["state"] == "reviewed" and not (review["by"].strip() and _is_day(review["on"])):
        yield "review: a reviewed language says by whom and on which day"


def _is_day(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _part_faults(parts: dict[str, list[str]], words: Table) -> Iterator[str]:
    yield from _same_keys("parts", parts, words)
    for key, value in words.items():
        where = f"parts.{key}"
        if not _is_line(value):
            yield f"{where}: not one line of words"
            continue
        try:
            slots = sorted(slots_of(value))
        except ValueError as error:
            yield f"{where}: {error}"
            continue
        if key in parts and slots != sorted(parts[key]):
            yield f"{where}: has the slots {slots}, not {sorted(parts[key])}"


def _list_faults(lists: dict[str, list[str]], words: Table) -> Iterator[str]:
    yield from _same_keys("lists", lists, words)
    for name, phrases in words.items():
        if not isinstance(phrases, dict):
            yield f"lists.{name}: not a table"
            continue
        yield from _same_keys(f"lists.{name}", lists.get(name, ()), phrases)
        for key, value in phrases.items():
            if not _is_line(value) or set(value) & set("{}"):
                yield f"lists.{name}.{key}: not one line of words without slots"


def _same_keys(where: str, wanted: Iterable[str], given: Iterable[str]) -> Iterator[str]:
    wanted, given = set(wanted), set(given)
    yield from (f"{where}.{key}: missing" for key in sorted(wanted - given))
    yield from (f"{where}.{key}: not a key of the pack" for key in sorted(given - wanted))


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value


def _length_faults(structure: Table, words: Table) -> Iterator[str]:
    slots = {name: _longest(slot, words) for name, slot in structure["slots"].items()}
    parts = {key: _part_length(text, slots) for key, text in words["parts"].items()}
    for key, type_ in structure["types"].items():
        for kind, texts in type_["kinds"].items():
            for audience in texts.keys() - {"next_update"}:
                length = sum(parts[part] + 1 for part in texts[audience]) - 1
                if length > structure["longest"]:
                    yield f"{key}.{kind}.{audience}: may grow to {length} characters"


def _longest(slot: Table, words: Table) -> int:
    if slot["kind"] == "choice":
        return max(len(phrase) for phrase in words["lists"][slot["list"]].values())
    return int(slot["longest"]) + (2 if words["direction"] == "rtl" else 0)


def _part_length(text: str, slots: dict[str, int]) -> int:
    pieces = string.Formatter().parse(text)
    return sum(len(literal) + (slots[name] if name else 0) for literal, name, _, _ in pieces)
