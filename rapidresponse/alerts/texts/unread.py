"""Whose language nobody has reviewed, as the composer says it before anything is sent (I16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from commons.i18n import ngettext
from commons.sites.models import Site
from rapidresponse.alerts.audience import FAMILIES, NOT_REVIEWED
from rapidresponse.alerts.composer import Draft, pack
from rapidresponse.alerts.steps import language_name
from rapidresponse.alerts.texts import samples, standing

ALL = "all"


@dataclass(frozen=True)
class Unread:
    """One sentence, and the language to review: `ALL` leads to the list, none nowhere.

    `minutes` is about how long that takes; 0 where nobody knows.
    """

    words: str
    language: str = ""
    minutes: int = 0


def unread(site: Site, draft: Draft) -> list[Unread]:
    """Return what to say of each language without words, or with words that nobody has read."""
    left_out = Counter(m.language for m in draft.missing if m.reason == NOT_REVIEWED)
    return [*_fell_back(draft), *_left_out(site, left_out), *_unread(draft)]


def _fell_back(draft: Draft) -> Iterator[Unread]:
    people: Counter[str] = Counter()
    for (audience, language), rendered in draft.texts.items():
        if rendered.fell_back:
            people[language] += draft.languages(audience)[language]
    for language, number in sorted(people.items()):
        yield Unread(
            ngettext(
                "%(num)s person reads %(language)s, which has no words yet: "
                "they get English and Spanish.",
                "%(num)s people read %(language)s, which has no words yet: "
                "they get English and Spanish.",
                number,
                language=_name(language),
            )
        )


def _left_out(site: Site, people: Counter[str]) -> Iterator[Unread]:
    for language, number in people.most_common():
        if language in pack().words:
            said = ngettext(
                "%(num)s person reads %(language)s and nobody has reviewed its words: "
                "they are left out.",
                "%(num)s people read %(language)s and nobody has reviewed its words: "
                "they are left out.",
                number,
                language=_name(language),
            )
            yield Unread(said, language, minutes(site, language))
        else:
            said = ngettext(
                "%(num)s person reads %(language)s, which has no words yet, and nobody has "
                "reviewed the English and Spanish ones: they are left out.",
                "%(num)s people read %(language)s, which has no words yet, and nobody has "
                "reviewed the English and Spanish ones: they are left out.",
                number,
                language=_name(language),
            )
            yield Unread(said, _first_unread(site))


def _unread(draft: Draft) -> Iterator[Unread]:
    """Yield what only the demonstration sends; in one sentence, since it happens at every alert."""
    people = {
        language: number
        for language, number in draft.languages(FAMILIES).items()
        if not draft.texts[FAMILIES, language].reviewed
    }
    if people:
        said = ngettext(
            "%(num)s person reads words that nobody has reviewed. Only a demonstration sends them.",
            "%(num)s people read words that nobody has reviewed. Only a demonstration sends them.",
            sum(people.values()),
        )
        yield Unread(said, ALL)


def minutes(site: Site, language: str) -> int:
    """Return about how long reviewing what nobody has read of a language's words takes."""
    waiting = [
        one for one in standing.standings(site, language) if one.families and one.reading is None
    ]
    return samples.minutes(language, [samples.sample(one, site) for one in waiting])


def _first_unread(site: Site) -> str:
    for language in pack().fallback:
        found = standing.standings(site, language)
        if any(one.families and one.reading is None for one in found):
            return language
    return ""


def _name(language: str) -> str:
    return f"\u2068{language_name(language)}\u2069"
