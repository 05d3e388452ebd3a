"""How a place's words stand: which are to be read, who has read them, who wrote them.

A place is a site, or none for what counts at every site.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from commons.messaging import words as relay
from commons.roster.models import Group, Person, RosterEntry
from commons.sites import languages as wanted
from commons.sites.models import Site
from rapidresponse.alerts.audience import FAMILIES
from rapidresponse.alerts.composer import pack
from rapidresponse.alerts.models import SiteText, TextReview
from rapidresponse.alerts.pack import Text
from rapidresponse.alerts.pack_check import slots_of
from rapidresponse.alerts.texts.current import key_of, slots_for, words_hash
from rapidresponse.alerts.texts.relay_phrases import KEY as RELAY
from rapidresponse.alerts.texts.relay_phrases import phrases_hash


@dataclass(frozen=True)
class Reading:
    """Who said that the words are right, and when; `everywhere` holds at every site."""

    by: str
    at: dt.datetime | None
    everywhere: bool


@dataclass(frozen=True)
class Standing:
    """The newest words of one text in one language; `own` is the site's row where it wrote them.

    `changed` says that somebody has read what these words were before; `text` is None for the
    relay's phrases.
    """

    key: str
    language: str
    text: Text | None
    digest: str
    own: SiteText | None
    reading: Reading | None
    changed: bool
    number: int

    @property
    def families(self) -> bool:
        """Return whether families get these words, so that somebody must have read them."""
        return self.text is not None and self.text.audience == FAMILIES


@dataclass(frozen=True)
class Tongue:
    """A language that people of a site read, and how far its families' words have been read."""

    code: str
    people: int
    families: int
    total: int
    read: int
    relay_read: bool

    @property
    def known(self) -> bool:
        """Return whether there are words in this language at all."""
        return self.total > 0

    @property
    def open(self) -> int:
        """Return how many of the families' texts nobody has read."""
        return self.total - self.read


@functools.cache
def every_text(locale: str) -> tuple[Text, ...]:
    """Return the library's texts of a language, families' first, in the order of the pack."""
    found = [
        pack().text(type_.key, kind.key, audience, locale)
        for type_ in pack().types.values()
        for kind in type_.kinds.values()
        for audience in kind.parts
    ]
    return tuple(sorted(found, key=lambda text: text.audience != FAMILIES))


def standings(site: Site | None, locale: str) -> list[Standing]:
    """Return how every text of a language stands, and last what the relay says by itself."""
    return _standings(site, [locale])[locale]


def standing(site: Site | None, locale: str, key: str) -> Standing | None:
    """Return how one text stands; None for a key or a language that the pack does not have."""
    if locale not in pack().words:
        return None
    return next((one for one in standings(site, locale) if one.key == key), None)


def tongues(site: Site) -> list[Tongue]:
    """Return the languages that the site's people read, and those it wants, most read first."""
    everybody, families = _readers(site), _readers(site, Group.FAMILY)
    codes = {*everybody, *wanted.of(site)}
    found = _standings(site, [code for code in codes if code in pack().words])
    made = [_tongue(code, everybody[code], families[code], found.get(code, ())) for code in codes]
    return sorted(made, key=lambda one: (-one.people, one.code))


def every_tongue() -> list[Tongue]:
    """Return every language of the library, with what has been read for every site."""
    found = _standings(None, list(pack().words))
    return [_tongue(code, 0, 0, standings) for code, standings in found.items()]


def _tongue(code: str, people: int, families: int, found: Sequence[Standing]) -> Tongue:
    theirs = [one for one in found if one.families]
    read = sum(one.reading is not None for one in theirs)
    relay_read = any(one.key == RELAY and one.reading for one in found)
    return Tongue(code, people, families, len(theirs), read, relay_read)


def versions(site: Site, locale: str, key: str) -> list[SiteText]:
    """Return a site's own versions of a text, newest first; at most fifty."""
    rows = SiteText.select().where(
        SiteText.site == site, SiteText.language == locale, SiteText.key == key
    )
    return list(rows.order_by(SiteText.number.desc()).limit(50))


def _readers(site: Site, *groups: Group) -> Counter[str]:
    """Count each person once, in however many groups they are."""
    rows: Any = (
        RosterEntry.select(Person.language, fn.COUNT(Person.id.distinct()))
        .join(Person)
        .where(
            RosterEntry.site == site,
            RosterEntry.until.is_null(),
            RosterEntry.group.in_(groups or list(Group)),
        )
        .group_by(Person.language)
        .tuples()
    )
    return Counter(dict(rows))


def _standings(site: Site | None, locales: Sequence[str]) -> dict[str, list[Standing]]:
    written: dict[tuple[str, str], SiteText] = {}
    for row in _texts(site, locales):
        written.setdefault((row.language, row.key), row)
    reviews: dict[tuple[str, str], list[TextReview]] = {}
    for review in _reviews(site, locales):
        reviews.setdefault((review.language, review.key), []).append(review)
    return {
        locale: [
            *(
                _stand(text, written.get((locale, key)), reviews.get((locale, key), ()))
                for text in every_text(locale)
                for key in [key_of(text.type, text.kind, text.audience)]
            ),
            _relay(locale, reviews.get((locale, RELAY), ())),
        ]
        for locale in locales
    }


def _stand(text: Text, newest: SiteText | None, reviews: Sequence[TextReview]) -> Standing:
    key, own = key_of(text.type, text.kind, text.audience), newest
    allowed = slots_for(pack(), text.type, text.kind, text.audience)
    if own is not None and (own.body is None or not allowed.issuperset(_slots(own.body))):
        own = None
    template = own.body if own is not None and own.body is not None else text.template
    digest = words_hash(pack(), text.locale, template)
    reading = _reading(digest, reviews)
    if reading is None and own is None and text.review.state == "reviewed":
        reading = Reading(text.review.by, None, everywhere=True)
    shown = Text(
        text.type, text.kind, text.audience, text.locale, template, _slots(template), text.review
    )
    return Standing(
        key=key,
        language=text.locale,
        text=shown,
        digest=digest,
        own=own,
        reading=reading,
        changed=reading is None and bool(reviews),
        number=newest.number if newest is not None else 0,
    )


def _relay(locale: str, reviews: Sequence[TextReview]) -> Standing:
    digest = phrases_hash(locale)
    reading = _reading(digest, reviews)
    if reading is None and relay.written(locale).reviewed:
        reading = Reading("", None, everywhere=True)
    changed = reading is None and bool(reviews)
    return Standing(RELAY, locale, None, digest, None, reading, changed, 0)


def _slots(template: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slots_of(template)))


def _reading(digest: str, reviews: Iterable[TextReview]) -> Reading | None:
    for one in reviews:
        if one.words_hash == digest:
            return Reading(one.by, one.at, everywhere=one.site_id is None)
    return None


def _texts(site: Site | None, locales: Sequence[str]) -> Iterable[SiteText]:
    if site is None:
        return ()
    rows = SiteText.select().where(SiteText.site == site, SiteText.language.in_(locales))
    newest_first: Iterable[SiteText] = rows.order_by(SiteText.number.desc())
    return newest_first


def _reviews(site: Site | None, locales: Sequence[str]) -> Iterable[TextReview]:
    here = TextReview.site.is_null()
    if site is not None:
        here |= TextReview.site == site
    rows = TextReview.select().where(here, TextReview.language.in_(locales))
    # A site's own reading is shown before one that holds everywhere.
    found: Iterable[TextReview] = rows.order_by(TextReview.site.is_null(), TextReview.id.desc())
    return found
