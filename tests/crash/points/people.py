"""Scenarios of people: coming in, being taken onto a roster, and being forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp

from commons import clock
from commons.accounts import passwords, sessions, signing_in, totp
from commons.accounts.by_signal import service as by_signal
from commons.accounts.models import Account, SignInSession
from commons.accounts.own_data import erasing
from commons.audit import AuditLink
from commons.database import all_models
from commons.errors import Invalid
from commons.messaging import receiver
from commons.messaging.jobs import Job
from commons.permissions import CONSOLE, RELAY
from commons.roster.importer import import_roster
from commons.roster.models import Consent, ContactMethod, Erasure, Group, Person, RosterEntry
from tests import builders
from tests.commons.accounts.own_data.life import live
from tests.crash.points.post import ACCOUNT
from tests.crash.points.scenarios import Scenario, scenario
from tests.crash.points.world import World, once_only

PASSWORD = "violin harbor umbrella plum"
ROSTER = "\n".join(
    [
        "name,phone,language,group,slot,consent,consent source",
        "Ana Lee,213 555 0142,es,family,,yes,paper form",
        "Bo Kim,323 555 0101,ko,staff,site lead,yes,staff duty",
        "Cy Roe,,en,family,,,",
        "Di Poe,213 555 0143,en,family,,,",
    ]
).encode()


def said(number: str, text: str) -> dict[str, object]:
    """What the gateway posts when somebody writes to us."""
    at = clock.milliseconds()
    data = {"timestamp": at, "message": text}
    inner = {"source": number, "sourceNumber": number, "timestamp": at, "dataMessage": data}
    return {"envelope": inner, "account": ACCOUNT}


class SigningIn(Scenario):
    """Whoever was given a session has it, and every session is in the audit."""

    def check(self, world: World) -> Iterator[str]:
        for line in world.was_answered("signed in"):
            if sessions.find(line["subject"]) is None:
                yield "somebody was signed in, and their session is not there"
        audited = AuditLink.select().where(AuditLink.kind == "account.signed_in").count()
        if audited != SignInSession.select().count():
            yield f"{SignInSession.select().count()} sessions, {audited} in the audit"


@scenario("password")
class ByPassword(SigningIn):
    """Password and code; a code that was used up by a crash does not come back."""

    def setup(self, world: World) -> None:
        account = builders.Cast.make().rosa
        self.secret = totp.new_secret()
        Account.update(
            password_hash=passwords.hashed(PASSWORD),
            **Account.sealed(account.public_id, totp_secret=self.secret),
        ).where(Account.id == account.id).execute()
        self.name = account.reveal("sign_in_name")

    def act(self, world: World) -> None:
        try:
            token = self._sign_in()
        except Invalid:
            world.move(30)
            token = self._sign_in()
        world.answered("signed in", token)

    def _sign_in(self) -> str:
        code = pyotp.TOTP(self.secret).at(clock.now())
        return signing_in.sign_in(self.name, PASSWORD, code, "phone", "home")


@scenario("sign-in by signal")
class BySignal(SigningIn):
    """A family's page shows a code; they send it, and pick the number that the page shows."""

    def setup(self, world: World) -> None:
        person = builders.a_person(builders.a_site(), Group.FAMILY, name="Amina Example")
        self.number = builders.number_of(person)

    def act(self, world: World) -> None:
        page = by_signal.start("phone", "home")
        for name in ("code", "number"):
            receiver.store(said(self.number, getattr(by_signal.shown(page), name)))
            world.deliver()
            world.move(1)
        world.answered("signed in", by_signal.sign_in(page, "phone"))


@scenario("import")
class ImportOfARoster(Scenario):
    """All of a table or nothing of it, and nobody twice."""

    def setup(self, world: World) -> None:
        self.site = builders.a_site()

    def act(self, world: World) -> None:
        report = import_roster(CONSOLE, self.site, ROSTER)
        world.answered("imported", report.new + report.unchanged)

    def check(self, world: World) -> Iterator[str]:
        found = {
            "people": (Person.select().count(), 4),
            "entries": (RosterEntry.select().count(), 4),
            "numbers": (ContactMethod.select().count(), 3),
            "agreements": (Consent.select().count(), 4),
        }
        for what, (there, wanted) in found.items():
            if there != wanted:
                yield f"{there} {what} instead of {wanted}"
        for line in world.was_answered("imported"):
            if line["subject"] != 4:
                yield "somebody was told of another number of people"


@scenario("erase")
class Erase(Scenario):
    """Somebody is gone for good, once they have had the last word."""

    jobs = (Job("own-data.finish-erasing", 10, erasing.finish),)

    def setup(self, world: World) -> None:
        cast = builders.Cast.make()
        self.life = live(cast, "Zenobia Quetzal", "+18185550177", "the heron flies at nine")

    def act(self, world: World) -> None:
        with once_only():
            erasing.erase(RELAY, self.life.person)
        world.answered("erased")
        world.deliver()
        world.move(301)
        world.deliver()

    def check(self, world: World) -> Iterator[str]:
        if Erasure.select().count() != 1:
            yield f"{Erasure.select().count()} receipts"
        for model in all_models():
            for field in model._meta.refs:
                owner = {Person: self.life.person, Account: self.life.account}
                gone = owner.get(field.rel_model)
                if gone is not None and model.select().where(field == gone).exists():
                    yield f"{model._meta.table_name} still holds something of them"
