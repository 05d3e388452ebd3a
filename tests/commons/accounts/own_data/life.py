"""Somebody of whom every table holds something, with words that can be found again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from commons import clock, crypto
from commons.accounts.by_signal.models import ReturnCode, SignInRequest
from commons.accounts.models import Account, KnownDevice, Proposal, ProposalKind, SignInLink
from commons.accounts.sessions import open_session
from commons.messaging import outbox
from commons.messaging.conversations import state
from commons.messaging.models import Reply
from commons.permissions import Role
from commons.roster import service as roster
from commons.roster.joining.models import JoinRequest
from commons.roster.models import Consent, ExportRequest, Group, Person, SlotKind
from commons.roster.trust.models import TrustKind, TrustRecord, Vouch
from tests import builders
from tests.builders import Cast


@dataclasses.dataclass
class Life:
    name: str
    number: str
    words: str
    person: Person
    account: Account

    @property
    def canaries(self) -> list[str]:
        """What may be shown to nobody else: name, number, words, ids."""
        digits = self.number[2:]
        shown = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
        ids = [self.person.public_id, self.account.public_id]
        return [self.name, self.number, shown, self.words, *ids]


def live(cast: Cast, name: str, number: str, words: str, role: Role = Role.PARENT) -> Life:
    """Make a person and their account, and put a row about them into every table."""
    site, now = cast.lincoln, clock.now()
    later = now + dt.timedelta(minutes=15)
    person = builders.a_person(
        site, Group.FAMILY, name=name, number=number, slot=SlotKind.INTERPRETER
    )
    source = Consent.sealed(Consent.get(Consent.person == person).public_id, source=words)
    Consent.update(**source).where(Consent.person == person).execute()
    account = builders.an_account(role, site, name=name)
    Account.update(person=person).where(Account.id == account.id).execute()
    account = Account.get_by_id(account.id)
    other = builders.a_person(site, name="Vera Voucher", number=None, consent=None)
    JoinRequest.create(site=site, person=person, group=Group.FAMILY, asked_at=now)
    TrustRecord.create(site=site, person=person, kind=TrustKind.SEEN, since=now, **_by("recorded"))
    Vouch.create(site=site, voucher=other, person=person, made_at=now)
    Vouch.create(site=site, voucher=person, person=other, made_at=now)
    _sealed(Reply, {"body": words}, person=person, site=site, received_at=now)
    state.ask(person, "language", "which", {"rest": words}, now)
    secret = {"code": crypto.public_id(), "number": "42", "name": name}
    _sealed(
        SignInRequest, secret, token_hash=crypto.public_id(), person=person, made_at=now,
        expires_at=later, code_index=SignInRequest.code_index.of(secret["code"]),
    )  # fmt: skip
    outbox.say(person, words, "answer")
    roster.reveal_number(builders.actor(cast.rosa), site, person, words)
    open_session(account, "phone")
    for model in (SignInLink, KnownDevice):
        times = {"expires_at": later} if model is SignInLink else {"made_at": now, "seen_at": now}
        model.create(account=account, token_hash=crypto.public_id(), **times)
    ReturnCode.create(
        account=account, code_hash=crypto.public_id(), made_at=now, expires_at=later, **_by("made")
    )
    Proposal.create(
        kind=ProposalKind.GRANT, account=account, proposed_at=now, expires_at=later,
        role=Role.SITE_LEAD, **_by("proposed"),
    )  # fmt: skip
    ExportRequest.create(
        site=site, asked_by=f"account:{account.public_id}", asked_at=now, expires_at=later
    )
    return Life(name, number, words, person, account)


def _by(word: str) -> dict[str, str]:
    return {f"{word}_by": "account:somebody"}


def _sealed(model: Any, texts: dict[str, str], **values: Any) -> None:
    public_id = crypto.public_id()
    model.create(public_id=public_id, **values, **model.sealed(public_id, **texts))
