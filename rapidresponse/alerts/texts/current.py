"""Which words count for a site now: its own or the library's, and whether anybody has read them.

The composer asks this inside the transaction that sends, so it takes two selects and no more.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rapidresponse.alerts.audience import FAMILIES
from rapidresponse.alerts.models import SiteText, TextReview
from rapidresponse.alerts.pack import Pack, Review, Text
from rapidresponse.alerts.pack_check import slots_of

REVIEWED = Review("reviewed", "", "")
UNREAD = Review("draft", "", "")
Key = tuple[str, str]  # such as `T1.alert.A9`, and a language


def key_of(type_: str, kind: str, audience: str) -> str:
    """Return the name of a text among all of the pack."""
    return f"{type_}.{kind}.{audience}"


@functools.lru_cache(maxsize=4096)
def words_hash(pack: Pack, locale: str, template: str) -> str:
    """Return the hash of a text and of every phrase that its slots can show in this language."""
    lists = {pack.slots[name].list for name in slots_of(template)} - {""}
    said = {name: dict(pack.words[locale].phrases[name]) for name in lists}
    content = json.dumps([template, said], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


@functools.lru_cache(maxsize=512)
def slots_for(pack: Pack, type_: str, kind: str, audience: str) -> frozenset[str]:
    """Return the slots that a text may have: those of the library's and what follows from them.

    So nobody is told by a school what the library keeps from them, such as a place (I1, I18).
    """
    any_locale = next(iter(pack.words))
    library = pack.text(type_, kind, audience, any_locale).slots
    filled = {pack.slots[name].follows or name for name in library}
    return frozenset(
        name
        for name, slot in pack.slots.items()
        if (slot.follows or name) in filled and not (audience == FAMILIES and slot.inner)
    )


def current(
    pack: Pack, site_id: int, type_: str, kind: str, wanted: Iterable[Key]
) -> dict[Key, tuple[Text, ...]]:
    """Return the words for each (audience, language); a language without any has the fallback's.

    A site's own count for families once somebody has read them, for others as soon as they are
    saved; until then those before them, at last the library's.
    """
    chosen = {
        (audience, language): (language,) if language in pack.words else pack.fallback
        for audience, language in wanted
    }
    places = {(audience, one) for (audience, _), locales in chosen.items() for one in locales}
    keys = sorted({key_of(type_, kind, audience) for audience, _ in places})
    own, read = _own(site_id, keys), _read(site_id, keys)
    found = {}
    for audience, locale in places:
        text, at = pack.text(type_, kind, audience, locale), (key_of(type_, kind, audience), locale)
        found[audience, locale] = counting(pack, text, own.get(at, ()), read.get(at, frozenset()))
    return {
        (audience, language): tuple(found[audience, one] for one in locales)
        for (audience, language), locales in chosen.items()
    }


def counting(pack: Pack, library: Text, own: Sequence[str | None], read: Iterable[str]) -> Text:
    """Return the text that counts among a site's own, newest first, and the library's."""
    allowed = slots_for(pack, library.type, library.kind, library.audience)
    for body in own:
        if body is None:
            break
        slots = tuple(dict.fromkeys(slots_of(body)))
        if not allowed.issuperset(slots):
            # Written for an older edition of the pack, which filled slots that this one has not.
            continue
        known = words_hash(pack, library.locale, body) in read
        if known or library.audience != FAMILIES:
            state = REVIEWED if known else UNREAD
            return replace(library, template=body, slots=slots, review=state)
    if words_hash(pack, library.locale, library.template) in read:
        return replace(library, review=REVIEWED)
    return library


def _own(site_id: int, keys: Sequence[str]) -> Mapping[Key, Sequence[str | None]]:
    rows: Any = (
        SiteText.select(SiteText.key, SiteText.language, SiteText.body)
        .where(SiteText.site == site_id, SiteText.key.in_(keys))
        .order_by(SiteText.number.desc())
        .tuples()
    )
    found: dict[Key, list[str | None]] = {}
    for key, language, body in rows if keys else ():
        found.setdefault((key, language), []).append(body)
    return found


def _read(site_id: int, keys: Sequence[str]) -> Mapping[Key, set[str]]:
    rows: Any = (
        TextReview.select(TextReview.key, TextReview.language, TextReview.words_hash)
        .where(
            TextReview.site.is_null() | (TextReview.site == site_id),
            TextReview.key.in_(keys),
        )
        .tuples()
    )
    found: dict[Key, set[str]] = {}
    for key, language, digest in rows if keys else ():
        found.setdefault((key, language), set()).add(digest)
    return found
