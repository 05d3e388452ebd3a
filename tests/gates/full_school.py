"""A school in which something waits on every page and every act can be done by somebody.

A route that is new needs here whatever its page or its button depends on.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator

from commons import clock, crypto
from commons.accounts import invitations
from commons.accounts import service as accounts
from commons.accounts.by_signal import people
from commons.accounts.models import Account, Proposal, ProposalKind
from commons.accounts.sessions import open_session
from commons.database import transaction
from commons.messaging.models import Message, Reply
from commons.permissions import CONSOLE, Role
from commons.roster.models import (
    Assignment,
    ConsentState,
    ContactMethod,
    Erasure,
    ExportRequest,
    Group,
    RosterEntry,
    Slot,
    SlotKind,
)
from commons.roster.trust.models import TrustKind, TrustRecord, Vouch
from commons.sites.models import Holiday, SiteState
from rapidresponse.alerts.models import Alert
from rapidresponse.alerts.public_page import service as public_page
from tests import builders, page
from tests.commons.accounts.by_signal.pages import begin
from tests.commons.accounts.own_data.life import Life, live
from tests.gates.hostile import PAYLOADS
from tests.gates.told import an_alert_told, words_of_its_own
from tests.rapidresponse.alerts.answers.test_links import link
from tests.rapidresponse.alerts.public_page.test_public_page import path
from tests.rapidresponse.alerts.school import School, send


@dataclasses.dataclass(frozen=True)
class Extra:
    """A page that needs something done in the browser before it, or that no link leads to."""

    who: str
    path: str
    before: Callable[[page.Browser], object] | None = None


class FullSchool:
    """Lincoln, full; `alert` waits for a yes, `life` is somebody with a row in every table."""

    def __init__(self) -> None:
        self.cast = builders.Cast.make()
        self.school = School.make(self.cast)
        site = self.cast.lincoln
        for number in range(len(PAYLOADS)):
            builders.a_person(site, (Group.STAFF, Group.FAMILY)[number % 2], name=f"One {number}")
        self._place()
        self.life: Life = live(self.cast, "Zenobia Quetzal", "+18055550177", "heron", Role.PARENT)
        self._people()
        self.alert: Alert = send(site, self.cast.rosa)
        self._waiting()
        self._invited()
        self.inside: Alert = an_alert_told(self.school)
        words_of_its_own(self.school)

    def _place(self) -> None:
        site, today = self.cast.lincoln, clock.now().date()
        for name in ("North side", "South side"):
            builders.a_point(site, f"Library {name}", zone=builders.a_zone(site, name))
        self.invite = builders.an_invite(site)
        builders.Site.update(latitude=34.0, longitude=-118.0).where(
            builders.Site.id == site.id
        ).execute()
        for number in range(3):
            builders.a_site(
                f"School {number}", self.cast.district, state=SiteState.LISTED,
                latitude=34.0 + number * 0.005, longitude=-118.005,
            )  # fmt: skip
        Holiday.create(site=site, name="A day", first_day=today, last_day=today)
        Holiday.create(district=self.cast.district, name="B", first_day=today, last_day=today)

    def _people(self) -> None:
        """Put people into every state that has a page or a button of its own."""
        site, now = self.cast.lincoln, clock.now()
        held = builders.a_person(site, name="Held Example")
        ContactMethod.update(held_at=now).where(ContactMethod.person == held).execute()
        self.held = held
        self.frozen = builders.a_person(site, name="Frozen Example")
        self.verified = builders.a_person(site, name="Verified Example")
        self.seen = builders.a_person(site, name="Seen Example")
        for person, kind in (
            (self.frozen, TrustKind.FROZEN),
            (self.verified, TrustKind.VERIFIED),
            (self.seen, TrustKind.SEEN),
        ):
            TrustRecord.create(site=site, person=person, kind=kind, since=now, recorded_by="test")
        long_ago = now - dt.timedelta(days=60)
        RosterEntry.update(since=long_ago).execute()
        for root in (self.school.lead, self.verified):
            Vouch.create(site=site, voucher=root, person=self.seen, made_at=long_ago)
        self.left = builders.a_person(site, consent=ConsentState.WITHDRAWN)
        slot = Slot.create(district=self.cast.district, kind=SlotKind.LEGAL_COUNSEL, required=True)
        here = Slot.get(Slot.site == site, Slot.kind == SlotKind.INTERPRETER)
        for position in range(2):
            person = builders.a_person(site, name=f"Holder {position}")
            for each in (slot, here):
                Assignment.create(slot=each, person=person, since=now, position=position + 1)

    def _waiting(self) -> None:
        """Leave something that waits for a second person, at each place that has one."""
        site, now = self.cast.lincoln, clock.now()
        later = now + dt.timedelta(minutes=15)
        other = builders.an_account(Role.FRONT_DESK, site, name="Waits Example")
        Proposal.create(
            kind=ProposalKind.GRANT, account=other, proposed_at=now, expires_at=later,
            role=Role.SITE_LEAD, site=site, proposed_by=f"account:{self.cast.mara.public_id}",
        )  # fmt: skip
        suspended = builders.an_account(Role.FRONT_DESK, site, name="Suspended Example")
        Account.update(state="suspended").where(Account.id == suspended.id).execute()
        ines = f"account:{self.cast.ines.public_id}"
        ExportRequest.create(
            site=self.cast.other_school, asked_by=ines, asked_at=now, expires_at=later,
            allowed_by="account:somebody", allowed_at=now,
        )  # fmt: skip
        for account in (self.cast.rosa, self.cast.mara, self.cast.dana):
            open_session(account, "phone")
        reply = Reply.sealed(public_id := crypto.public_id(), body="heron")
        Reply.create(
            public_id=public_id, person=self.school.garcia, site=site, received_at=now, **reply
        )
        self.receipt = "AAAA-BBBB"
        subject = Erasure.subject_index.of(public_id)
        Erasure.create(receipt=self.receipt, subject_index=subject, erased_at=now)

    def _invited(self) -> None:
        """Leave an account that is not set up yet, a family's, and one with a password."""
        self.invited = invitations.invite(
            builders.actor(self.cast.mara), sign_in_name="new@x.example", name="New Example",
            role=Role.COUNSELOR, site=self.cast.lincoln,
        )  # fmt: skip
        self.family: Account = people.account_for(self.school.garcia)
        with_password = Account.id == self.cast.rosa.id
        Account.update(password_hash="x").where(with_password).execute()

    def more(self) -> Iterator[Extra]:
        """Yield the pages to which no plain address or link leads, and what goes before them."""
        cast, site = self.cast, f"/sites/{self.cast.lincoln.public_id}"
        trust, roster = f"{site}/trust/people", f"{site}/roster/people"
        for person in (self.frozen, self.verified, self.seen):
            yield Extra("mara", f"{trust}/{person.public_id}")
        yield Extra("mara", f"{trust}/{self.held.public_id}/phone")
        yield Extra("mara", f"{trust}/{self.seen.public_id}/vouch")
        yield Extra("rosa", f"{roster}/{self.left.public_id}")
        yield Extra("rosa", f"{roster}/{self.school.garcia.public_id}/sheet")
        yield Extra("rosa", "/account/prove-again")
        yield Extra("ines", f"/sites/{cast.other_school.public_id}/roster/exports")
        yield Extra("dana", "/accounts")
        yield Extra("dana", f"{site}/accounts")
        yield Extra("family", "/account/prove-again")
        yield Extra("family", "/home")
        yield Extra("", f"/join/{self.invite.reveal('code')}")
        yield Extra("", f"/own-data/receipt?number={self.receipt}")
        yield Extra("", "/sign-in/signal?code=shown", begin)
        yield from self._of_the_alert()
        token = accounts.make_sign_in_link(CONSOLE, cast.rosa, minutes=10)
        yield Extra("", f"/sign-in/{token}")
        yield Extra("", "/account/set-up", self._open_invitation)

    def _of_the_alert(self) -> Iterator[Extra]:
        """Yield the pages of the alert that went out, and those behind its links."""
        there = f"/alerts/{self.inside.public_id}"
        for page_of in ("", "/call-list", "/verify", "/review", "/public-page"):
            yield Extra("mara", f"{there}{page_of}")
        for language in ("es", "ko"):
            yield Extra("", path(self.inside, language))
        for person in (self.school.teacher, self.school.garcia):
            newest = Message.select().where(Message.person == person, Message.text.is_null(False))
            yield Extra("", link(newest.order_by(Message.id.desc()).get()))

    def draw_again(self) -> None:
        """Draw the public page from what the database says now."""
        with transaction():
            assert public_page.draw(self.inside.id)

    def _open_invitation(self, browser: page.Browser) -> None:
        browser.get(f"/sign-in/{self.invited.token}").form("/sign-in").submit()
        # Once only: the next browser that comes needs a link of its own.
        token = accounts.make_sign_in_link(CONSOLE, self.invited.account, minutes=10)
        self.invited = dataclasses.replace(self.invited, token=token)
