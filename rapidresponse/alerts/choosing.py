"""Who will hear, as a few cards: each holds those before it, with its people and languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from commons.i18n import gettext as _
from commons.i18n import ngettext
from rapidresponse.alerts import breaking
from rapidresponse.alerts.audience import CORE, FAMILIES, NEIGHBOURS, ORDER
from rapidresponse.alerts.composer import Draft, barred, heard, pack
from rapidresponse.alerts.models import Certainty
from rapidresponse.alerts.steps import (
    CANNOT_WAIT,
    CHANGE,
    SEEN,
    TO,
    VERIFIED,
    YES,
    Card,
    audience_name,
    language_name,
)


@dataclass(frozen=True)
class Grounds:
    """What is known before the sender chooses: who was told, how sure it is, who else looked."""

    told: Collection[str] = ()
    certainty: Certainty = Certainty.UNVERIFIED
    verified: bool = False
    break_glass: bool = False


def who_cards(full: Draft, answers: Mapping[str, str], grounds: Grounds) -> list[Card]:
    """Return who may hear; `full` has all audiences, and one where nobody is takes no card.

    Nobody who was told before is left out of a card, so that what follows reaches them.
    """
    dropped = (CHANGE, TO, SEEN, CANNOT_WAIT)
    kept = {name: value for name, value in answers.items() if name not in dropped}
    there = {one.audience for one in (*full.recipients, *full.missing)} | {CORE}
    cards, seen = [], set()
    for key, audiences in pack().choices.items():
        chosen = tuple(one for one in audiences if one in there and one in heard(full.intent))
        if chosen in seen or not set(grounds.told) & there <= set(chosen):
            continue
        seen.add(chosen)
        needs = _needs(full, chosen, grounds)
        query = {**kept, TO: " ".join(chosen), **needs}
        cards.append(Card(_words(key, needs), query, _how_many(full, chosen), "users"))
    return cards + _inside(full, kept, there, grounds)


def reason_cards(answers: Mapping[str, str]) -> list[Card]:
    """Return why it cannot wait, a card for each reason."""
    return [
        Card(str(words), {**answers, CANNOT_WAIT: key}, drawing="circle-alert")
        for key, words in breaking.REASONS.items()
    ]


def _needs(full: Draft, chosen: tuple[str, ...], grounds: Grounds) -> dict[str, str]:
    """Return what a sender states with this choice: that they saw it, or that somebody looked."""
    if pack().types[full.intent.type].decision:
        return {}
    intent = replace(full.intent, audiences=chosen, break_glass="")
    if not barred(intent, grounds.certainty, break_glass=grounds.break_glass):
        return {}
    return {SEEN: VERIFIED if grounds.verified else YES}


def _inside(
    full: Draft, kept: Mapping[str, str], there: Collection[str], grounds: Grounds
) -> list[Card]:
    if not breaking.may_break(full.intent) or grounds.certainty is Certainty.CONFIRMED:
        return []
    named = pack().types[full.intent.type].break_glass
    chosen = tuple(one for one in ORDER if one in named and one in there)
    words = _("It cannot wait: staff and responders too, without a second person")
    query = {**kept, TO: " ".join(chosen), CANNOT_WAIT: YES}
    return [Card(words, query, _how_many(full, chosen), "triangle-alert")]


def _words(key: str, needs: Mapping[str, str]) -> str:
    who = {
        "core": _("only the site core"),
        "district": _("core, district and dispatchers"),
        "staff": _("core and staff"),
        "network": _("core, staff, responders and schools nearby"),
        "families": _("core, staff and families"),
        "everybody": _("everybody: families, responders and schools nearby"),
    }[key]
    if needs.get(SEEN) == YES:
        return _("I saw it on site: %(who)s", who=who)
    if needs.get(SEEN) == VERIFIED:
        return _("Somebody else confirmed it: %(who)s", who=who)
    return who[:1].upper() + who[1:]


def _how_many(full: Draft, audiences: tuple[str, ...]) -> str:
    languages: Counter[str] = Counter()
    people: dict[str, int] = {}
    for audience in audiences:
        read = full.languages(audience)
        people[audience] = sum(read.values())
        languages += read
    words = [ngettext("%(num)s person.", "%(num)s people.", sum(languages.values()))]
    if FAMILIES in audiences:
        words.append(_("A second person says yes before families hear it."))
    if NEIGHBOURS in audiences:
        words.append(_("A dispatcher or the district says yes before other schools hear it."))
    if len(audiences) > 1:
        words.append(", ".join(f"{audience_name(one)} {n}" for one, n in people.items()) + ".")
    # Each name is isolated: one that reads from the right would turn the numbers around.
    said = ", ".join(f"\u2068{language_name(c)}\u2069 {n}" for c, n in languages.most_common())
    return " ".join([*words, said])
