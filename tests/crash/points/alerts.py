"""Scenarios of alerts: told once, in order, by those who may, and taken back when asked."""

from __future__ import annotations

from collections.abc import Iterator

from commons import clock
from commons.database import transaction
from commons.messaging import receiver, recovery
from commons.messaging.claims import Claims, Errand, Finished
from commons.messaging.consequences import UNKNOWN
from commons.messaging.models import Message, MessageState
from rapidresponse.alerts import approvals
from rapidresponse.alerts.afterwards import recalls
from rapidresponse.alerts.models import Acknowledgement, Alert, VersionKind
from tests import builders
from tests.crash.points.post import ACCOUNT
from tests.crash.points.scenarios import Scenario, scenario
from tests.crash.points.tables import rows
from tests.crash.points.world import UNKNOWN_WAIT, World, once_only
from tests.rapidresponse.alerts import school
from tests.rapidresponse.alerts.school import School

KEY, NEXT_KEY = "k" * 22, "n" * 22
STAFF = ("A1", "A2")


class AboutAlerts(Scenario):
    """A school whose lead sends; staff of three and two families."""

    def setup(self, world: World) -> None:
        self.school = School.make(builders.Cast.make())
        self.staff = [self.school.lead, self.school.teacher, builders.a_person(self.school.site)]
        self.families = [self.school.garcia, self.school.kim]

    def send(self, world: World, audiences: tuple[str, ...] = STAFF) -> Alert:
        chosen = school.intent(audiences=audiences)
        alert = school.send(self.school.site, self.school.cast.rosa, chosen, key=KEY)
        world.answered("alert", KEY)
        return alert

    def follow(self, world: World, alert: Alert, kind: VersionKind) -> None:
        if len(school.versions_of(alert)) == 1:
            # From here to the commit nothing is sent: the last such line is that of the commit.
            world.journal.add("followed", at=len(world.copies()))
        given = {"audiences": STAFF, "after": 1, "key": NEXT_KEY, "sent": False}
        with once_only():
            school.follow(alert, self.school.cast.rosa, kind, **given)
        world.answered("version", NEXT_KEY)


def heard(world: World, alert: Alert, people: list[builders.Person]) -> Iterator[str]:
    """Yield who of these has not got the first words of an alert.

    Twice in doubt is a person's to call: that is told on the alert's page, and no silence.
    """
    topic = school.first(alert).topic_id
    asked = f"SELECT person_id, state, reason, repeat FROM message WHERE topic_id = {topic}"
    found = {row.person_id: row for row in rows(asked)}
    for person in people:
        row = found.get(person.id)
        if row is not None and row.repeat and row.reason == UNKNOWN:
            continue
        if row is None or row.state != MessageState.SENT:
            yield f"{person.public_id} has not heard: {row and row.state}"


@scenario("broadcast")
class Broadcast(AboutAlerts):
    def act(self, world: World) -> None:
        self.send(world)
        world.deliver()

    def check(self, world: World) -> Iterator[str]:
        yield from heard(world, Alert.get(), self.staff)


@scenario("approval")
class WithApproval(AboutAlerts):
    """Families wait for a second person."""

    def act(self, world: World) -> None:
        alert = self.send(world, school.ALL)
        world.deliver()
        waiting = approvals.waiting(alert)
        if waiting is not None:
            by = builders.actor(self.school.cast.mara)
            with once_only():
                approvals.approve(by, alert, shown=waiting.body_hash)
        world.answered("approved")
        world.deliver()

    def check(self, world: World) -> Iterator[str]:
        yield from heard(world, Alert.get(), [*self.staff, *self.families])


class DuringSend(AboutAlerts):
    """One more than goes at once: when something follows, the last of them still waits."""

    def setup(self, world: World) -> None:
        super().setup(world)
        self.staff.append(builders.a_person(self.school.site))


@scenario("update")
class UpdateDuringSend(DuringSend):
    """The next version is written while the first is still going out."""

    hurried = True
    kind = VersionKind.UPDATE

    def act(self, world: World) -> None:
        alert = self.send(world)
        world.begin(1)
        self.follow(world, alert, self.kind)
        world.deliver()

    def check(self, world: World) -> Iterator[str]:
        if len(school.versions_of(Alert.get())) != 2:
            yield "there are not two versions"


@scenario("close")
class CloseDuringSend(UpdateDuringSend):
    """All clear while the alert is still going out."""

    kind = VersionKind.ALL_CLEAR


@scenario("recall")
class RecallDuringSend(DuringSend):
    """What has not gone yet is taken back, and whoever took it back was told so."""

    def act(self, world: World) -> None:
        alert = self.send(world)
        world.begin(1)
        with once_only():
            recalls.recall(builders.actor(self.school.cast.rosa), alert, number=1)
        world.answered("taken back", school.first(alert).topic_id)
        world.deliver()

    def check(self, world: World) -> Iterator[str]:
        if school.first(Alert.get()).recalled_at is None:
            yield "nobody took it back"


@scenario("two relays")
class TwoRelays(AboutAlerts):
    """Two relays take from one queue by turns; one stalls past its lease and comes back late."""

    again = False
    doubt = True

    def setup(self, world: World) -> None:
        super().setup(world)
        self.send(world)

    def act(self, world: World) -> None:
        one, other = Claims(UNKNOWN_WAIT), Claims(UNKNOWN_WAIT)
        gateway = world.relay().gateway
        stalled = self._take(one)
        done = self._send(gateway, self._take(other))
        self._record(other, done)
        late = self._send(gateway, stalled)
        world.move(91)
        with transaction():
            recovery.recover(clock.now(), UNKNOWN_WAIT)
        world.move(61)
        with transaction():
            recovery.recover(clock.now(), UNKNOWN_WAIT)
        again = self._take(other)
        self._record(one, late)
        self._record(other, self._send(gateway, again))

    def _take(self, claims: Claims) -> list[Errand]:
        with transaction():
            return claims.claim(clock.now(), 2, ())[0]

    def _send(self, gateway: object, errands: list[Errand]) -> list[Finished]:
        now = clock.now()
        sent = [(one, gateway.send(one.address(), one.text)) for one in errands]
        return [Finished(one, outcome, now, clock.now()) for one, outcome in sent]

    def _record(self, claims: Claims, finished: list[Finished]) -> None:
        with transaction():
            claims.record(finished)

    def check(self, world: World) -> Iterator[str]:
        for row in Message.select():
            if row.state not in (MessageState.SENT, MessageState.FAILED):
                yield f"message {row.id} is {row.state.value}"


@scenario("acknowledge")
class Acknowledge(AboutAlerts):
    """Two answers come in, are kept before anything else, worked through, and answered."""

    def setup(self, world: World) -> None:
        super().setup(world)
        self.send(world)
        world.deliver()
        world.move(5)
        self.words = [self._words(person, n) for n, person in enumerate(self.staff[:2])]

    def _words(self, person: builders.Person, n: int) -> dict[str, object]:
        at = clock.milliseconds() + n
        number = builders.number_of(person)
        data = {"timestamp": at, "message": "1"}
        inner = {"source": number, "sourceNumber": number, "timestamp": at, "dataMessage": data}
        return {"envelope": inner, "account": ACCOUNT}

    def act(self, world: World) -> None:
        for words in self.words:
            receiver.store(words)
            world.answered("heard", words["envelope"]["source"])  # type: ignore[index]
        world.deliver()

    def check(self, world: World) -> Iterator[str]:
        told = {line["subject"] for line in world.was_answered("heard")}
        found = {builders.number_of(row.person) for row in Acknowledgement.select()}
        if found != told:
            yield f"{len(told)} answers were taken and {len(found)} are there"
