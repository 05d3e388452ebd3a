"""The pages between *something is happening* and *send*: one question each, nothing stored.

Every answer is a link with query parameters, so that Back works and no script is needed.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commons import i18n
from commons.i18n import gettext as _
from commons.sites.models import Site
from rapidresponse.alerts.audience import (
    CORE,
    DISPATCHERS,
    DISTRICT,
    FAMILIES,
    NEIGHBOURS,
    NOT_REVIEWED,
    ORDER,
    PARTNERS,
    RESPONDERS,
    STAFF,
    WHY_LEFT_OUT,
    Missing,
)
from rapidresponse.alerts.composer import Draft, Intent, pack
from rapidresponse.alerts.models import VersionKind
from rapidresponse.alerts.questions import FIRST, Question, phrase

SITE, TYPE, TO, SEEN, CHANGE = "site", "type", "to", "seen", "change"
CANNOT_WAIT = "cannot_wait"
# What the sender states: that they saw it on site, or that somebody else did and wrote it down.
YES, VERIFIED = "yes", "verified"
LANGUAGE = "language"  # the visitor's choice for the pages goes along
_TYPE_ICONS = {
    "T1": "circle-alert",
    "T2": "triangle-alert",
    "T3": "map-pin",
    "T5": "list",
    "T6": "eye",
    "T8": "car",
    "T15": "shield",
}


@dataclass(frozen=True)
class Card:
    """One answer as a link: its words, and the query that leads on."""

    words: str
    query: Mapping[str, str]
    detail: str = ""
    drawing: str = "arrow-left"


@dataclass(frozen=True)
class Answer:
    """What was chosen, and the query of the page that changes it; None where nothing can."""

    key: str
    value: str
    query: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Bubble:
    """One text exactly as it will arrive."""

    audience: str
    language: str
    tag: str
    direction: str
    text: str
    people: int
    note: str = ""


@dataclass(frozen=True)
class Spoken:
    """The texts of one audience: one to read at once, the others folded."""

    audience: str
    people: int
    open: Bubble
    folded: tuple[Bubble, ...]


def answers(given: Mapping[str, str]) -> dict[str, str]:
    """Return what an address answers, without anything that no page of ours would write there."""
    known = {SITE, TYPE, TO, SEEN, CHANGE, CANNOT_WAIT, LANGUAGE, *pack().slots}
    return {name: value for name, value in given.items() if name in known}


def site_cards(sites: Iterable[Site]) -> list[Card]:
    """Return a card for each school the actor may alert."""
    return [Card(site.name, {SITE: site.public_id}, site.city, "school") for site in sites]


def type_cards(answers: Mapping[str, str]) -> list[Card]:
    """Return a card for each thing that may be happening."""
    return [
        Card(phrase("type_names", key), {**answers, TYPE: key}, drawing=_TYPE_ICONS[key])
        for key in FIRST
    ]


def choice_cards(question: Question, given: Mapping[str, str]) -> list[Card]:
    """Return a card for each answer to a question; the answer to *Change* is taken back."""
    kept = {name: value for name, value in given.items() if name != CHANGE}
    drawing = {"place": "map-pin", "relation": "map-pin", "posture": "shield"}
    return [
        Card(
            phrase(question.list, key).capitalize(),
            {**kept, question.name: key},
            _posture_detail(question, key),
            drawing.get(question.name, "message-circle"),
        )
        for key in question.choices
    ]


def _posture_detail(question: Question, key: str) -> str:
    return phrase("posture_staff", key) if question.list == "postures" else ""


def audience_name(audience: str) -> str:
    """Return what an audience is called on the screen."""
    return {
        CORE: _("Site core"),
        STAFF: _("Staff"),
        DISTRICT: _("District"),
        DISPATCHERS: _("Dispatchers"),
        RESPONDERS: _("Responders"),
        NEIGHBOURS: _("Schools nearby"),
        PARTNERS: _("Partners"),
        FAMILIES: _("Families"),
    }[audience]


def language_name(code: str) -> str:
    """Return a language in its own words, or its code where nobody knows it."""
    return i18n.NAMES.get(code, code)


def bubbles(draft: Draft) -> list[Bubble]:
    """Return every text of a draft, those who are told most first."""
    found = []
    for audience in ORDER:
        for language, people in draft.languages(audience).items():
            rendered = draft.texts[audience, language]
            note = ""
            if rendered.fell_back:
                note = _("There are no words in this language yet: they get these instead.")
            elif not rendered.reviewed:
                note = _("Nobody has reviewed these words.")
            found.append(bubble(audience, language, rendered.text, people, note))
    return found


def spoken(found: Iterable[Bubble]) -> list[Spoken]:
    """Return the texts by audience, the visitor's own language open, else the most read."""
    tag, groups = i18n.language(i18n.current()).tag, []
    for audience, texts in itertools.groupby(found, key=lambda one: one.audience):
        group = sorted(texts, key=lambda one: (one.tag != tag, -one.people))
        people = sum(one.people for one in group)
        groups.append(Spoken(audience, people, group[0], tuple(group[1:])))
    return groups


def bubble(audience: str, language: str, text: str, people: int = 0, note: str = "") -> Bubble:
    """Return one text with the language and direction that a page must say."""
    code = language if language in pack().words else pack().fallback[0]
    known = i18n.language(code)
    return Bubble(
        audience_name(audience),
        language_name(language),
        known.tag,
        known.direction,
        text,
        people,
        note,
    )


def left_out(missing: Iterable[Missing]) -> list[tuple[str, str, int]]:
    """Return how many of which audience are left out, and why."""
    counts = Counter(
        (one.audience, one.reason, one.language if one.reason == NOT_REVIEWED else "")
        for one in missing
    )
    return [
        (audience_name(audience), _why(reason, language), number)
        for (audience, reason, language), number in sorted(counts.items())
    ]


def _why(reason: str, language: str) -> str:
    said = str(WHY_LEFT_OUT[reason])
    return f"{said} (\u2068{language_name(language)}\u2069)" if language else said


def question_words(name: str) -> str:
    """Return the question that a page asks for a slot."""
    return {
        "place": _("Where is it?"),
        "relation": _("How near is it?"),
        "agency": _("Which agency is it?"),
        "journey": _("Where is the group?"),
        "request": _("How did they ask?"),
        "posture": _("How does the school run now?"),
        "news": _("What is new?"),
        "old": _("What did we say that was wrong?"),
        "new": _("What is correct?"),
    }[name]


def chosen(asked: Iterable[Question], intent: Intent, answers: Mapping[str, str]) -> list[Answer]:
    """Return what was answered, in the order of the questions."""
    rows = []
    if intent.kind is VersionKind.ALERT:
        kept = {name: value for name, value in answers.items() if name == SITE}
        rows.append(Answer(_("What is happening?"), phrase("type_names", intent.type), kept))
    for question in asked:
        words = phrase(question.list, intent.words[question.name])
        change = {**answers, CHANGE: question.name} if len(question.choices) > 1 else None
        rows.append(Answer(question_words(question.name), words, change))
    return rows
