"""Texts as they arrive, with every choice of their gaps, for whoever reads or writes them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from commons import i18n
from commons.accounts.roles import role_words
from commons.accounts.who import role_at
from commons.i18n import gettext as _
from commons.messaging import words as relay
from commons.permissions import Role
from commons.sites.models import Site
from rapidresponse.alerts import story
from rapidresponse.alerts.composer import pack
from rapidresponse.alerts.models import VersionKind
from rapidresponse.alerts.pack import Slot, Text
from rapidresponse.alerts.questions import phrase
from rapidresponse.alerts.steps import Bubble, audience_name, bubble
from rapidresponse.alerts.texts.standing import Standing

ENGLISH = "en"
_AT, _NEXT = dt.time(9, 40), dt.time(9, 50)
_CHOSEN = {"status": "confirmed", "posture": "secure", "old": "agents_near", "new": "nothing_seen"}
# Signs that somebody reads in a minute with care; fewer where a sign is a syllable or a word.
_A_MINUTE = 1000
_A_MINUTE_IN = {"zh_Hans": 260, "ko": 600}


@dataclass(frozen=True)
class Gap:
    """A slot: its type in words, what it becomes, and every choice with its English."""

    name: str
    kind: str
    example: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sample:
    """A text with its gaps filled, its English beside it, and what the gaps can say."""

    standing: Standing
    title: str
    here: Bubble | None
    english: Bubble | None
    gaps: tuple[Gap, ...]


def sample(standing: Standing, site: Site | None) -> Sample:
    """Return a text as it would arrive at this site, or at an invented one."""
    text = standing.text
    if text is None:
        return Sample(standing, title(standing), None, None, ())
    library = pack().text(text.type, text.kind, text.audience, ENGLISH)
    return Sample(
        standing=standing,
        title=title(standing),
        here=filled(text, site),
        english=filled(library, site) if text.locale != ENGLISH else None,
        gaps=gaps((pack().slots[name] for name in text.slots), text.locale, site),
    )


def title(standing: Standing) -> str:
    """Return what a text is called: what happens, what the version does, who gets it."""
    if standing.text is None:
        return _("What the relay answers by itself")
    text = standing.text
    said = _kind(text.kind)
    if text.type not in ("T10", "T11"):
        said = f"{phrase('type_names', text.type)}, {said}"
    return f"{said}: {audience_name(text.audience)}"


def _kind(kind: str) -> str:
    if kind == "stale":
        return _("Not confirmed over")
    if kind == "unanswered":
        return _("A second person has not decided")
    return story.kind_words(VersionKind(kind))


def filled(text: Text, site: Site | None) -> Bubble:
    """Return a text with an example in every gap."""
    values = {
        source: _value(pack().slots[source], text.locale, site)
        for source in (pack().slots[name].follows or name for name in text.slots)
    }
    said = pack().fill([text], text.locale, values).text
    return bubble(text.audience, text.locale, said)


def gaps(slots: Iterable[Slot], locale: str, site: Site | None) -> tuple[Gap, ...]:
    """Return the slots as gaps: each with what it becomes in this language."""
    return tuple(_gap(slot, locale, site) for slot in slots)


def _gap(slot: Slot, locale: str, site: Site | None) -> Gap:
    kinds = {
        "code": _("code"),
        "name": _("name"),
        "time": _("time"),
        "choice": _("one of these phrases"),
    }
    value = _value(pack().slots[slot.follows or slot.name], locale, site)
    choices: tuple[tuple[str, str], ...] = ()
    if slot.kind == "choice":
        value = pack().phrase(slot.list, value, locale)
        choices = tuple(
            (pack().phrase(slot.list, key, locale), pack().phrase(slot.list, key, ENGLISH))
            for key in pack().lists[slot.list]
        )
    return Gap(slot.name, kinds[slot.kind], value, choices)


def _value(slot: Slot, locale: str, site: Site | None) -> str:
    if slot.kind == "choice":
        return _CHOSEN.get(slot.name) or slot.default or pack().lists[slot.list][0]
    with i18n.use(locale):
        return {
            "code": "K72.v1",
            "school": site.name[:60] if site is not None else "Example School",
            "time": i18n.bell_words(_AT),
            "next_update": i18n.bell_words(_NEXT),
        }[slot.name]


def relay_phrases(locale: str) -> list[tuple[str, str]]:
    """Return what the relay says by itself in this language, each with its English."""
    here, english = relay.written(locale).phrases, relay.written(ENGLISH).phrases
    return [(here[key], english[key]) for key in relay.PHRASES]


def minutes(language: str, samples: Iterable[Sample]) -> int:
    """Return about how long reading all of it takes, at least one minute."""
    found = list(samples)
    phrases = {said for one in found for gap in one.gaps for said, _english in gap.choices}
    # The texts share most of their lines, and nobody reads those twice.
    lines = {line for one in found if one.here for line in one.here.text.split("\n")}
    signs = sum(map(len, phrases | lines))
    return max(1, math.ceil(signs / _A_MINUTE_IN.get(language, _A_MINUTE)))


def role(ref: str, site: Site | None, *, everywhere: bool = False) -> str:
    """Return the role by which somebody acted, in words, since names are for few."""
    if everywhere or site is None:
        return role_words(Role.DISTRICT_ADMINISTRATOR)
    found = role_at(ref, site)
    return role_words(found) if found is not None else _("somebody who has left")
