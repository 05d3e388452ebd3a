"""A sender's own words below the fixed ones: checked, short, and never for families.

Families get reviewed words in their own language only (I16); a note stays in the language in
which it was written, and says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from commons.errors import Invalid
from commons.messaging.words import words as reply_words
from rapidresponse.alerts.audience import FAMILIES, STAFF
from rapidresponse.alerts.check import Objection, Verdict, check, clean, refused
from rapidresponse.alerts.models import Certainty
from rapidresponse.alerts.pack import Rendered

LONGEST = 200


def objections(note: str, certainty: Certainty, words: Mapping[str, str]) -> tuple[Objection, ...]:
    """Return what is wrong with a note, refusals first."""
    return check(
        note,
        audience=STAFF,
        certainty=certainty.value,
        agency_confirmed=words.get("agency", "not_confirmed") != "not_confirmed",
        longest=LONGEST,
    )


def settled(note: str, certainty: Certainty, words: Mapping[str, str]) -> str:
    """Return the note as it will go out; raise Invalid with every reason why it must not (I2)."""
    note = clean(note)
    if not note:
        return ""
    found = objections(note, certainty, words)
    if refused(found):
        raise Invalid(fields={"note": said(o for o in found if o.verdict is Verdict.REFUSE)})
    return note


def said(found: Iterable[Objection]) -> str:
    """Return objections as sentences, each once, with the stretch that each is about."""
    lines = (f"“{o.text}”: {o.sentence}" if o.text else str(o.sentence) for o in found)
    return " ".join(dict.fromkeys(lines))


def below(rendered: Rendered, note: str, audience: str) -> Rendered:
    """Return a text with the note below it, for everybody but families."""
    if not note or audience == FAMILIES:
        return rendered
    line = reply_words(rendered.locales[0]).say("note", note=note)
    return replace(rendered, text=f"{rendered.text}\n{line}")
