"""What is wrong with a site's own words, each fault as a sentence for whoever writes them."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator

from commons.i18n import gettext as _
from rapidresponse.alerts.audience import FAMILIES
from rapidresponse.alerts.composer import pack
from rapidresponse.alerts.pack import Slot, Text
from rapidresponse.alerts.pack_check import slots_of
from rapidresponse.alerts.texts import checking
from rapidresponse.alerts.texts.current import slots_for

# Without these nobody knows which alert it is, how sure it is, or when the next word comes.
MUST_STAY = ("code", "school", "status", "next_update", "new", "new_family")
_SLOT = re.compile(r"\{([a-z_]+)\}")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MOST_TYPED = 4000


def tidy(body: str) -> str:
    """Return words as they are kept: no space at the ends of lines, no empty line at the ends."""
    lines = (line.rstrip() for line in body.replace("\r", "").split("\n"))
    whole = unicodedata.normalize("NFC", "\n".join(lines)).strip("\n ")
    return re.sub(r"\n{3,}", "\n\n", whole)


def must_stay(library: Text) -> tuple[str, ...]:
    """Return the slots that the library's words have and that must not be taken out."""
    return tuple(name for name in library.slots if name in MUST_STAY)


def reply_line(library: Text) -> str:
    """Return the line that says how to answer; it stays as it is."""
    words = pack().words[library.locale].parts
    parts = pack().types[library.type].kinds[library.kind].parts[library.audience]
    return next((words[part] for part in parts if part.startswith("reply")), "")


def may_have(library: Text) -> list[Slot]:
    """Return the slots that these words may have, those of the library's words first."""
    allowed = slots_for(pack(), library.type, library.kind, library.audience)
    others = sorted(allowed.difference(library.slots))
    return [pack().slots[name] for name in (*library.slots, *others)]


def faults(library: Text, body: str) -> list[str]:
    """Return every fault of these words; `library` says what they are for. Empty: none."""
    if not body:
        return [_("Write the words, or go back to the library's.")]
    found = list(_form_faults(body))
    if found:
        return found
    found = [*_slot_faults(library, body), *_length_faults(library, body)]
    return found + [str(one.sentence) for one in objections(library, body) if checking.refuses(one)]


def doubts(library: Text, body: str) -> list[str]:
    """Return what the message check would have somebody look at again, and lets pass."""
    return [str(one.sentence) for one in objections(library, body) if not checking.refuses(one)]


def objections(library: Text, body: str) -> list[checking.Objection]:
    """Return what the message check says, refusals first."""
    return list(
        checking.objections(
            body, audience=library.audience, kind=library.kind, longest=pack().longest
        )
    )


def length(library: Text, body: str) -> int:
    """Return how long these words may grow, with the longest value in every slot."""
    pieces = string.Formatter().parse(body)
    return sum(
        len(said) + (_longest(pack().slots[name], library.locale) if name else 0)
        for said, name, _spec, _conversion in pieces
    )


def _form_faults(body: str) -> Iterator[str]:
    if set(_SLOT.sub("", body)) & set("{}"):
        yield _("A gap is one word in braces, such as {code}. Check the braces.")
    if len(body) > MOST_TYPED:
        yield _("These words are far too long for a message.")
    if any(char in _DIRECTIONS or _control(char) for char in body):
        yield _("There are signs in these words that nobody sees. Type them anew.")


def _control(char: str) -> bool:
    return char != "\n" and unicodedata.category(char) == "Cc"


def _slot_faults(library: Text, body: str) -> Iterator[str]:
    used = dict.fromkeys(slots_of(body))
    allowed = slots_for(pack(), library.type, library.kind, library.audience)
    for name in used:
        if name in pack().slots and library.audience == FAMILIES and pack().slots[name].inner:
            yield _("Families are never told {%(gap)s}. Take it out.", gap=name)
        elif name not in allowed:
            yield _("{%(gap)s} cannot be filled here. Take it out.", gap=name)
    for name in must_stay(library):
        if name not in used:
            yield _("{%(gap)s} must stay in these words. Put it back.", gap=name)
    line = reply_line(library)
    if line and line not in body.split("\n"):
        yield _("This line must stay as it is: “%(line)s”", line=f"\u2068{line}\u2069")


def _length_faults(library: Text, body: str) -> Iterator[str]:
    if not pack().slots.keys() >= set(slots_of(body)):
        return
    grown = length(library, body)
    if grown > pack().longest:
        yield _(
            "These words may grow to %(number)s characters. %(most)s are the most: shorten them.",
            number=grown,
            most=pack().longest,
        )


def _longest(slot: Slot, locale: str) -> int:
    words = pack().words[locale]
    if slot.kind == "choice":
        return max(len(said) for said in words.phrases[slot.list].values())
    return slot.longest + (2 if words.direction == "rtl" else 0)
