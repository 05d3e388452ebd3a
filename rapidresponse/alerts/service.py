"""Sending an alert and what follows it: permission, rules, one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from peewee import IntegrityError

from commons import clock, limits
from commons.collector import uncollected
from commons.database import transaction
from commons.errors import Conflict, Invalid
from commons.i18n import lazy_gettext as _l
from commons.messaging import timers
from commons.permissions import Actor, require, require_fresh
from commons.sites.models import PostureValue, Site
from commons.sites.service import set_posture
from rapidresponse.alerts import (
    access,
    breaking,
    codes,
    deadlines,
    grounds,
    notes,
    versions,
    watches,
)
from rapidresponse.alerts.audience import CORE, ORDER, gather, reached_by, told_of
from rapidresponse.alerts.composer import (
    Draft,
    Intent,
    certainty_of,
    code_of,
    write,
)
from rapidresponse.alerts.models import Alert, AlertState, AlertVersion, VersionKind
from rapidresponse.alerts.public_page import service as public_page
from rapidresponse.alerts.questions import POSTURE, decides_posture, may_begin, posture_of, settle
from rapidresponse.alerts.versions import Chain, chain_of

# Words name a clock time: a page left open must not send an old one.
OPEN_FOR = dt.timedelta(minutes=15)
REVIEW_POSTURE_MINUTES = 30
_FIXED = (VersionKind.CORRECTION, VersionKind.DEPARTED, VersionKind.ALL_CLEAR)

Made = TypeVar("Made", Alert, AlertVersion)


def draft(
    actor: Actor,
    site: Site,
    intent: Intent,
    *,
    key: str,
    at: dt.datetime,
    demonstration: bool,
) -> Draft:
    """Return a first version as it would be sent now, storing nothing.

    Raises Forbidden, Invalid for a missing answer or an audience that may not hear this yet.
    """
    require(actor, access.SEND, site)
    access.may_alert(site)
    intent = replace(intent, kind=VersionKind.ALERT)
    # Nobody can have looked at what has not been said yet.
    intent = replace(intent, verified="", audiences=_whole(intent.audiences))
    intent = replace(intent, words=settle(site, intent))
    certainty = certainty_of(intent)
    grounds.check(actor, intent, certainty)
    intent = replace(intent, note=notes.settled(intent.note, certainty, intent.words))
    return write(
        site,
        intent,
        gather(site, intent.audiences),
        code=f"{code_of(key)}.v1",
        certainty=certainty,
        at=at,
        demonstration=demonstration,
        page=public_page.address(key),
    )


def send(
    actor: Actor,
    site: Site,
    intent: Intent,
    *,
    key: str,
    at: dt.datetime,
    demonstration: bool,
    count: int | None = None,
) -> Alert:
    """Start an alert once for each key: the same key again returns the alert it made (I9).

    `at` is the time the words name, not older than fifteen minutes; `count` is what the sender
    typed. Families wait, already written, for a second person. Raises Forbidden, Invalid,
    RateLimited, Conflict.
    """
    require(actor, access.SEND, site)
    access.may_alert(site)
    may_begin(intent.type)

    def before() -> Alert | None:
        found = Alert.get_or_none(Alert.idempotency_key == key)
        return found and _own(found, found.site_id == site.id and found.started_by == actor.ref)

    def make() -> Alert:
        require_fresh(actor)
        now = _moment(at)
        code = codes.free_code(site, key, now)
        alert = _start(actor, site, intent, code, key, now)
        made = draft(actor, site, intent, key=key, at=at, demonstration=demonstration)
        _check(made, count)
        limits.hit("alert-send", actor.ref)
        breaking.count(actor, made.intent)
        _decide_posture(actor, site, made.intent)
        version = versions.publish(actor, alert, made, number=1, key=key, now=now)
        timers.set_timers([*deadlines.after(alert, version), *watches.begin(actor, alert, version)])
        return alert

    return _once(before, make)


def draft_follow_up(
    actor: Actor, chain: Chain, intent: Intent, *, at: dt.datetime, demonstration: bool
) -> Draft:
    """Return the next version as it would be sent now, storing nothing.

    It goes to everybody the chain has reached (I6), and to whoever is in its audiences now. Words
    that end or correct go to the core and to those who have got something, or may have: from the
    others the older words are taken back.
    """
    site = chain.alert.site
    require(actor, access.SEND, site)
    intent = replace(intent, type=chain.alert.type)
    if not chain.may(intent.kind, at):
        raise Conflict(_l("This alert is no longer at a point where that can follow."))
    fixed = intent.kind in _FIXED
    if fixed and intent.kind is not VersionKind.CORRECTION and not intent.seen:
        raise Invalid(
            fields={"seen": _l("Tick the box when somebody on site has seen it themselves.")}
        )
    overtakes = intent.kind in versions.OVERTAKING
    reached = reached_by(chain.alert, untried=False) if overtakes else chain.reached
    wanted = told_of(reached) if fixed else _whole((*intent.audiences, *chain.audiences))
    words = settle(site, intent, chain)
    intent = replace(intent, words=words, audiences=wanted or (CORE,))
    certainty = chain.alert.certainty
    if not fixed:
        certainty = certainty_of(intent, certainty)
        grounds.check(actor, intent, certainty, chain)
    intent = replace(intent, note=notes.settled(intent.note, certainty, intent.words))
    return write(
        site,
        intent,
        gather(site, (CORE,) if overtakes else intent.audiences, reached),
        code=f"{chain.alert.code}.v{chain.latest.number + 1}",
        certainty=certainty,
        at=at,
        demonstration=demonstration,
        page=public_page.address(chain.alert.idempotency_key),
    )


def follow_up(
    actor: Actor,
    alert: Alert,
    intent: Intent,
    *,
    after: int,
    key: str,
    at: dt.datetime,
    demonstration: bool,
    count: int | None = None,
) -> AlertVersion:
    """Send the next version once for each key; `after` is the number it was written against.

    Families who were reached get it at once, since a correction must not wait; families who
    join now wait for a second person. Raises Conflict when a newer version exists.
    """
    require(actor, access.SEND, alert.site)

    def before() -> AlertVersion | None:
        found = AlertVersion.get_or_none(AlertVersion.idempotency_key == key)
        return found and _own(found, found.alert_id == alert.id and found.sent_by == actor.ref)

    def make() -> AlertVersion:
        require_fresh(actor)
        now = _moment(at)
        fresh = Alert.select(Alert, Site).join(Site).where(Alert.id == alert.id).get()
        versions.supersede(fresh, now)
        overtakes = intent.kind in versions.OVERTAKING
        chain = versions.overtake(fresh) if overtakes else chain_of(fresh)
        if chain.latest.number != after:
            raise versions.moved_on()
        made = draft_follow_up(actor, chain, intent, at=at, demonstration=demonstration)
        _check(made, count)
        breaking.count(actor, made.intent)
        state = versions.next_state(fresh.state, made.intent.kind, made.intent.words)
        versions.move(fresh, state, made.certainty, now)
        _decide_posture(actor, fresh.site, made.intent)
        version = versions.publish(actor, fresh, made, number=after + 1, key=key, now=now)
        timers.set_timers(deadlines.after(fresh, version))
        if state is AlertState.CLOSED:
            watches.end(fresh)
        return version

    return _once(before, make)


def _once(before: Callable[[], Made | None], make: Callable[[], Made]) -> Made:
    try:
        with uncollected(), transaction():
            return before() or make()
    except IntegrityError:
        # On PostgreSQL the loser learns of the winner only from the unique key.
        found = before()
        if found is None:
            raise versions.moved_on() from None
        return found


def _own(found: Made, mine: bool) -> Made:
    if not mine:
        raise Conflict(_l("This page has been used before. Start again."))
    return found


def _moment(at: dt.datetime) -> dt.datetime:
    now = clock.now()
    if not now - OPEN_FOR <= at <= now + dt.timedelta(minutes=1):
        raise Invalid(
            _l("The words name a time that is too long ago. Look at the new ones and send again.")
        )
    return now


def _whole(audiences: tuple[str, ...]) -> tuple[str, ...]:
    # Whoever is told less is never told without those who are told more being in the list.
    unknown = set(audiences) - set(ORDER)
    if unknown:
        raise Invalid(_l("Choose who will hear."))
    return tuple(audience for audience in ORDER if audience in {CORE, *audiences})


def _start(
    actor: Actor, site: Site, intent: Intent, code: str, key: str, now: dt.datetime
) -> Alert:
    return Alert.create(
        site=site,
        type=intent.type,
        code=code,
        state=AlertState.LIVE,
        certainty=certainty_of(intent),
        started_by=actor.ref,
        started_at=now,
        idempotency_key=key,
    )


def _check(made: Draft, count: int | None) -> None:
    # An alert that nobody has got yet can still be ended, and then nobody hears of it.
    if not made.recipients and made.intent.kind not in versions.OVERTAKING:
        raise Invalid(_l("Nobody in this audience can be written to. Call them."))
    if made.wants_count and count != made.count:
        raise Invalid(fields={"count": _l("Type how many people will get it: %(n)s", n=made.count)})


def _decide_posture(actor: Actor, site: Site, intent: Intent) -> None:
    chosen = intent.words[POSTURE]
    if decides_posture(intent) and chosen != posture_of(site):
        set_posture(actor, site, PostureValue(chosen), REVIEW_POSTURE_MINUTES)
