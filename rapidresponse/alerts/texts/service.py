"""Reading a language's words and saying that they are right; a site's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from peewee import IntegrityError

from commons import audit, clock
from commons.database import transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites.models import Site
from rapidresponse.alerts.composer import pack
from rapidresponse.alerts.models import SiteText, TextReview
from rapidresponse.alerts.pack import Text
from rapidresponse.alerts.pack_check import slots_of
from rapidresponse.alerts.texts.current import words_hash
from rapidresponse.alerts.texts.faults import faults, tidy
from rapidresponse.alerts.texts.standing import Standing, standings

VIEW, REVIEW, WRITE = "texts.view", "texts.review", "texts.write"
EVERYWHERE = "texts.review-everywhere"


def may_read(actor: Actor, site: Site | None) -> None:
    """Raise NotFound to strangers, Forbidden to those who may not look at these words."""
    require(actor, VIEW if site is not None else EVERYWHERE, site)


def may_review(actor: Actor, site: Site | None) -> None:
    """Raise NotFound to strangers, Forbidden to those who may not say that words are right."""
    require(actor, REVIEW if site is not None else EVERYWHERE, site)


def may_write(actor: Actor, site: Site | None) -> None:
    """Raise NotFound to strangers, Forbidden to those who may not write a site's own words."""
    require(actor, WRITE, site)


def review(
    actor: Actor,
    site: Site | None,
    language: str,
    shown: Mapping[str, str],
    *,
    reads: bool,
) -> int:
    """Note that the actor has read these words and that they are right; return how many are new.

    `shown` holds the hash of each text that the page showed, by key; without a site they are
    read for every site. `reads` is the actor's word that they read the language well. Raises
    Invalid without it, Conflict when any of the words has changed meanwhile.
    """
    may_review(actor, site)
    if not reads:
        raise Invalid(
            fields={"reads": _l("Tick the box if you read this language well. If not, ask others.")}
        )
    if not shown:
        raise _moved_on()
    with transaction():
        found = {one.key: one for one in _standings(site, language)}
        for key, digest in shown.items():
            if key not in found:
                raise _nothing()
            if found[key].digest != digest:
                raise _moved_on()
        new = [found[key] for key in shown if found[key].reading is None]
        _note(actor, site, language, new)
    return len(new)


def write(
    actor: Actor,
    site: Site,
    language: str,
    key: str,
    body: str,
    *,
    after: int,
    reads: bool = False,
) -> SiteText:
    """Keep a site's own words as its next version; `after` is the number they were written on.

    With `reads` the writer says that they read the language well, and has reviewed them by that.
    Raises Invalid with every fault for `body`, Conflict when somebody else wrote meanwhile.
    """
    require(actor, WRITE, site)
    library, body = library_text(language, key), tidy(body)
    found = faults(library, body)
    if found:
        raise Invalid(fields={"body": " ".join(found)})
    try:
        with transaction():
            made = _next(actor, site, language, key, body, after)
            if reads:
                require(actor, REVIEW, site)
                read = [one for one in standings(site, language) if one.key == key]
                _note(actor, site, language, [one for one in read if one.reading is None])
    except IntegrityError:
        raise _moved_on() from None
    return made


def back_to_library(actor: Actor, site: Site, language: str, key: str, *, after: int) -> SiteText:
    """Let the library's words count again, as a version of its own; otherwise as `write`."""
    require(actor, WRITE, site)
    library_text(language, key)
    try:
        with transaction():
            return _next(actor, site, language, key, None, after)
    except IntegrityError:
        raise _moved_on() from None


def library_text(language: str, key: str) -> Text:
    """Return the library's words for a key; raise NotFound for what the pack does not have."""
    try:
        type_, kind, audience = key.split(".")
        return pack().text(type_, kind, audience, language)
    except (KeyError, ValueError):
        raise _nothing() from None


def with_words(library: Text, body: str) -> Text:
    """Return the library's text with other words in its place; they must be free of faults."""
    return replace(library, template=body, slots=tuple(dict.fromkeys(slots_of(body))))


def _next(
    actor: Actor, site: Site, language: str, key: str, body: str | None, after: int
) -> SiteText:
    newest = (
        SiteText.select()
        .where(SiteText.site == site, SiteText.key == key, SiteText.language == language)
        .order_by(SiteText.number.desc())
        .first()
    )
    if (newest.number if newest else 0) != after:
        raise _moved_on()
    if (newest.body if newest else None) == body:
        raise Invalid(fields={"body": _l("These are the words that are there already.")})
    made: SiteText = SiteText.create(
        site=site,
        key=key,
        language=language,
        number=after + 1,
        body=body,
        by=actor.ref,
        at=clock.now(),
    )
    audit.record(
        actor,
        "text.written" if body is not None else "text.given-up",
        f"site_text:{made.public_id}",
        site=site.id,
        details={
            "key": key,
            "language": language,
            "number": made.number,
            "hash": words_hash(pack(), language, body) if body is not None else "",
        },
    )
    return made


def _note(actor: Actor, site: Site | None, language: str, read: Sequence[Standing]) -> None:
    for one in read:
        TextReview.create(
            site=site,
            key=one.key,
            language=language,
            words_hash=one.digest,
            by=actor.ref,
            at=clock.now(),
        )
    if read:
        audit.record(
            actor,
            "texts.reviewed",
            f"site:{site.public_id}" if site is not None else "installation",
            site=site.id if site is not None else None,
            details={"language": language, "texts": {one.key: one.digest for one in read}},
        )


def _nothing() -> NotFound:
    return NotFound(_l("There is nothing at this address, or it is not yours to see."))


def _moved_on() -> Conflict:
    return Conflict(
        _l("Somebody changed these words a moment ago. Look at them again; nothing was kept.")
    )


def _standings(site: Site | None, language: str) -> list[Standing]:
    if language not in pack().words:
        raise _nothing()
    return standings(site, language)
