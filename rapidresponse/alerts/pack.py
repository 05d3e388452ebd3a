"""The alert pack: types, routing and slots as data, and their words in each language.

`load_pack` reads a folder (`library/` beside this file) and refuses it with every fault at once,
so that a text that reaches anybody has been checked whole. Nothing here knows Flask or a database.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.i18n import one_stop
from rapidresponse.alerts.pack_check import Table, slots_of, structure_faults, words_faults

LIBRARY = Path(__file__).with_name("library")

_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,4}\.v[0-9]{1,3}")
# Line breaks and direction marks; the narrow spaces of clock times are welcome.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# A Latin code, name or clock time inside right-to-left words would otherwise reorder them.
_LEFT_TO_RIGHT, _FIRST_STRONG, _END = "\u2066", "\u2068", "\u2069"

Phrases = Mapping[str, Mapping[str, str]]


class PackFaults(ValueError):
    """A pack or a set of values that cannot be used; `faults` holds one sentence for each fault."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep all faults, so that one look mends them all."""
        super().__init__("\n".join(faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Slot:
    """A typed gap: `list` names its choices, `follows` the slot whose choice fills it too."""

    name: str
    kind: str
    longest: int = 0
    list: str = ""
    follows: str = ""
    default: str = ""
    inner: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a text is for; a lower `rank` is served first, `needs` is what the sender must bring."""

    key: str
    name: str
    rank: int
    needs: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of version: minutes to the promised next word (0: none), parts per audience."""

    key: str
    next_update: int
    parts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AlertType:
    """One type: who may hear it at which certainty, and minutes without an update until stale.

    `chain` types go to everyone the chain reached; a `decision` of the school makes no claim;
    `break_glass` names who may hear it unverified when agents are inside; `required` the roles
    that must answer, each with the seconds until the next is asked.
    """

    key: str
    priority: int
    chain: bool
    decision: bool
    hears: Mapping[str, tuple[str, ...]]
    stale: Mapping[str, int]
    needs: Mapping[str, str]
    required: Mapping[str, int]
    kinds: Mapping[str, Kind]
    break_glass: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """Whether somebody has read a language's words: `draft` or `reviewed`, by whom, when."""

    state: str
    by: str
    on: str


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words."""

    locale: str
    direction: str
    review: Review
    parts: Mapping[str, str]
    phrases: Phrases


@dataclass(frozen=True, slots=True)
class Text:
    """The words of one version for one audience in one language, with its slots open."""

    type: str
    kind: str
    audience: str
    locale: str
    template: str
    slots: tuple[str, ...]
    review: Review


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled text; `fell_back` says that the asked language had no words and others were used."""

    text: str
    locales: tuple[str, ...]
    fell_back: bool
    reviewed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A checked pack. Keys that it does not hold raise KeyError."""

    edition: str
    longest: int
    fallback: tuple[str, ...]
    audiences: Mapping[str, Audience]
    choices: Mapping[str, tuple[str, ...]]
    slots: Mapping[str, Slot]
    lists: Mapping[str, tuple[str, ...]]
    types: Mapping[str, AlertType]
    words: Mapping[str, Words]

    def priority(self, type_: str, audience: str) -> int:
        """Return the place in the queue, smaller first: by audience, then by type."""
        return self.audiences[audience].rank * 10 + self.types[type_].priority

    def needs(self, type_: str, audience: str) -> str:
        """Return what a sender must bring: lead, seen_or_verified, decision, second_account."""
        return self.types[type_].needs.get(audience, self.audiences[audience].needs)

    def may_hear(
        self, type_: str, certainty: str, audience: str, *, break_glass: bool = False
    ) -> bool:
        """Say whether an audience may hear this type so certain, or because it cannot wait."""
        one = self.types[type_]
        return audience in one.hears[certainty] or (break_glass and audience in one.break_glass)

    def text(self, type_: str, kind: str, audience: str, locale: str) -> Text:
        """Return the words for one version, audience and language, with slots open."""
        words = self.words[locale]
        parts = self.types[type_].kinds[kind].parts[audience]
        template = "\n".join(words.parts[part] for part in parts)
        slots = tuple(dict.fromkeys(slots_of(template)))
        return Text(type_, kind, audience, locale, template, slots, words.review)

    def slots_to_fill(self, type_: str, kind: str, audiences: Sequence[str]) -> tuple[Slot, ...]:
        """Return the slots a composer must give values for, those that follow others resolved."""
        any_locale = next(iter(self.words))
        found = [s for a in audiences for s in self.text(type_, kind, a, any_locale).slots]
        return tuple(self.slots[n] for n in dict.fromkeys(self._source(name) for name in found))

    def phrase(self, list_name: str, key: str, locale: str) -> str:
        """Return one choice of a list in words."""
        return self.words[locale].phrases[list_name][key]

    def render(
        self, type_: str, kind: str, audience: str, locale: str, values: Mapping[str, str]
    ) -> Rendered:
        """Fill every slot of the library's words, as `fill` does. A language without words gets
        the fallback languages, one below the other."""
        locales = (locale,) if locale in self.words else self.fallback
        return self.fill([self.text(type_, kind, audience, one) for one in locales], locale, values)

    def fill(self, texts: Sequence[Text], locale: str, values: Mapping[str, str]) -> Rendered:
        """Fill every slot of these texts; choices are given by key. Raises PackFaults for a value
        that is missing, unknown or not of the slot's kind."""
        names = dict.fromkeys(self._source(name) for text in texts for name in text.slots)
        given = {n: values.get(n) or self.slots[n].default for n in names}
        faults = [
            f"{name}: the pack has no such slot to fill"
            for name in values
            if name not in self.slots or self.slots[name].follows
        ]
        faults += [f for name, value in given.items() for f in self._value_faults(name, value)]
        if faults:
            raise PackFaults(faults)
        return Rendered(
            text="\n\n".join(self._fill(text, given) for text in texts),
            locales=tuple(text.locale for text in texts),
            fell_back=locale not in self.words,
            reviewed=all(text.review.state == "reviewed" for text in texts),
        )

    def _source(self, name: str) -> str:
        return self.slots[name].follows or name

    def _value_faults(self, name: str, value: str) -> Iterator[str]:
        slot = self.slots[name]
        if not value.strip():
            yield f"{name}: no value given"
        elif slot.kind == "choice":
            if value not in self.lists[slot.list]:
                yield f"{name}: “{value}” is not in the list {slot.list}"
        elif _BREAKS.search(value) or (slot.kind != "name" and len(value) > slot.longest):
            yield f"{name}: not one plain line of at most {slot.longest} characters"
        elif slot.kind == "code" and not _CODE.fullmatch(value):
            yield f"{name}: “{value}” is not a code such as K7.v2"

    def _fill(self, text: Text, given: Mapping[str, str]) -> str:
        slots = ((name, given[self._source(name)]) for name in text.slots)
        values = {name: self._word(name, value, text.locale) for name, value in slots}
        return one_stop(text.template.format_map(values))

    def _word(self, name: str, value: str, locale: str) -> str:
        slot = self.slots[name]
        if slot.kind == "choice":
            return self.phrase(slot.list, value, locale)
        if slot.kind == "name":
            value = textwrap.shorten(value, slot.longest, placeholder="…")
        if self.words[locale].direction == "ltr":
            return value
        return f"{_LEFT_TO_RIGHT if slot.kind == 'code' else _FIRST_STRONG}{value}{_END}"


def load_pack(folder: Path = LIBRARY) -> Pack:
    """Read and check a pack. Raises PackFaults with every fault, each naming file and key."""
    structure, faults = _read(folder / "types.toml")
    faults = faults or structure_faults(structure)
    if faults:
        raise PackFaults(faults)
    words = {}
    for locale in structure["locales"]:
        words[locale], broken = _read(folder / f"texts.{locale}.toml")
        faults += broken or words_faults(structure, locale, words[locale])
    if faults:
        raise PackFaults(faults)
    return _build(structure, words)


def _read(path: Path) -> tuple[Table, list[str]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, [f"{path.name}: cannot be read: {error}"]


def _build(structure: Table, words: Mapping[str, Table]) -> Pack:
    return Pack(
        edition=structure["edition"],
        longest=structure["longest"],
        fallback=tuple(structure["fallback"]),
        audiences={k: Audience(k, **v) for k, v in structure["audiences"].items()},
        choices={k: tuple(v) for k, v in structure["choices"].items()},
        slots={k: Slot(k, **v) for k, v in structure["slots"].items()},
        lists={k: tuple(v) for k, v in structure["lists"].items()},
        types={k: _type(k, v) for k, v in structure["types"].items()},
        words={k: _words(k, v) for k, v in words.items()},
    )


def _type(key: str, raw: Table) -> AlertType:
    return AlertType(
        key=key,
        priority=raw["priority"],
        chain=raw.get("chain", False),
        decision=raw.get("decision", False),
        hears={k: tuple(v) for k, v in raw["hears"].items()},
        stale=raw["stale"],
        needs=raw.get("needs", {}),
        required=raw.get("required", {}),
        kinds={k: _kind(k, v) for k, v in raw["kinds"].items()},
        break_glass=tuple(raw.get("break_glass", ())),
    )


def _kind(key: str, raw: Table) -> Kind:
    parts = {k: tuple(v) for k, v in raw.items() if k != "next_update"}
    return Kind(key, raw["next_update"], parts)


def _words(locale: str, raw: Table) -> Words:
    return Words(locale, raw["direction"], Review(**raw["review"]), raw["parts"], raw["lists"])
