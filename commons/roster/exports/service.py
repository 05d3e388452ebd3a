"""The roster leaves as a file only with two people: one asks, another allows (abuse case 50)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from commons import clock, limits
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Forbidden, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require, require_fresh
from commons.roster.exports.sealing import passphrase, seal
from commons.roster.exports.table import table
from commons.roster.models import ExportRequest
from commons.roster.naming import name_of
from commons.sites.models import Site

TO_ALLOW, TO_TAKE = dt.timedelta(hours=24), dt.timedelta(hours=1)
NOT_YOURS = _l("Only whoever asked for the file can take it.")
TOO_LATE = _l("The file cannot be taken any more. Ask for it again.")


@dataclass(frozen=True)
class File:
    """What is handed out: a name and the sealed bytes."""

    name: str
    data: bytes


def ask(actor: Actor, site: Site) -> ExportRequest:
    """Ask for the roster as a file; once a day for each actor. Raises NotFresh, RateLimited."""
    require(actor, "roster.export", site)
    require_fresh(actor)
    limits.hit("export", actor.ref)
    now = clock.now()
    with transaction():
        made = ExportRequest.create(
            site=site, asked_by=actor.ref, asked_at=now, expires_at=now + TO_ALLOW
        )
        _record(actor, "export.asked", made, site)
        return made


def allow(actor: Actor, site: Site, public_id: str) -> None:
    """Let whoever asked take the file within the hour; raise Forbidden to whoever asked."""
    require(actor, "roster.export", site)
    require_fresh(actor)
    with transaction():
        asked, now = find(site, public_id), clock.now()
        if asked.asked_by == actor.ref:
            raise Forbidden(_l("Somebody else must allow the file that you asked for."))
        moved = ExportRequest.update(allowed_by=actor.ref, allowed_at=now).where(
            ExportRequest.id == asked.id,
            ExportRequest.allowed_by.is_null(),
            ExportRequest.asked_by != actor.ref,
            ExportRequest.expires_at > now,
        )
        if not moved.execute():
            raise Conflict(_l("This was allowed already, or it was asked for more than a day ago."))
        _record(actor, "export.allowed", asked, site)


def show_passphrase(actor: Actor, site: Site, public_id: str) -> str:
    """Return the passphrase of an allowed file that was not taken yet, to whoever asked for it."""
    require(actor, "roster.export", site)
    require_fresh(actor)
    asked = find(site, public_id)
    if asked.asked_by != actor.ref:
        raise Forbidden(NOT_YOURS)
    if not takeable(asked):
        raise Conflict(TOO_LATE)
    return passphrase(asked.public_id, actor.ref)


def take(actor: Actor, site: Site, public_id: str) -> File:
    """Return the sealed file, once; raise Conflict when it was taken or the hour is over."""
    require(actor, "roster.export", site)
    require_fresh(actor)
    asked = find(site, public_id)
    if asked.asked_by != actor.ref:
        raise Forbidden(NOT_YOURS)
    if not takeable(asked):
        raise Conflict(TOO_LATE)
    # Before the transaction: sealing takes a second, and what fails here can be tried again.
    sealed = seal(table(site, name_of(actor.ref)), passphrase(asked.public_id, actor.ref))
    now = clock.now()
    with transaction():
        moved = ExportRequest.update(taken_at=now).where(
            ExportRequest.id == asked.id,
            ExportRequest.asked_by == actor.ref,
            ExportRequest.allowed_at > now - TO_TAKE,
            ExportRequest.taken_at.is_null(),
        )
        if not moved.execute():
            raise Conflict(TOO_LATE)
        _record(actor, "export.taken", asked, site)
    return File(f"roster-{now:%Y-%m-%d}.csv.age", sealed)


def find(site: Site, public_id: str) -> ExportRequest:
    """Return a request of this site; raise NotFound for any other."""
    found: ExportRequest | None = ExportRequest.get_or_none(
        ExportRequest.public_id == public_id, ExportRequest.site == site
    )
    if found is None:
        raise NotFound(_l("Nobody asked for this file."))
    return found


def takeable(asked: ExportRequest) -> bool:
    """Return whether the file can be taken now."""
    allowed = asked.allowed_at is not None and asked.allowed_at > clock.now() - TO_TAKE
    return bool(allowed and asked.taken_at is None)


def waiting(site: Site) -> list[ExportRequest]:
    """Return the requests that nobody has allowed and that still can be, oldest first."""
    rows = ExportRequest.select().where(
        ExportRequest.site == site,
        ExportRequest.allowed_by.is_null(),
        ExportRequest.expires_at > clock.now(),
    )
    return list(rows.order_by(ExportRequest.id))


def allowed(actor: Actor, site: Site) -> list[ExportRequest]:
    """Return the actor's own requests whose file can be taken now."""
    rows = ExportRequest.select().where(
        ExportRequest.site == site, ExportRequest.asked_by == actor.ref
    )
    return [row for row in rows.order_by(ExportRequest.id) if takeable(row)]


def _record(actor: Actor, kind: str, asked: ExportRequest, site: Site) -> None:
    record(actor, kind, f"export_request:{asked.public_id}", site=site.id)
