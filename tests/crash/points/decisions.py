"""Scenarios of deciding: what could not wait, a second person's yes, and what falls due."""

from __future__ import annotations

from collections.abc import Iterator

from commons.audit import AuditLink
from commons.messaging import receiver
from commons.messaging.models import Message, MessageState, Topic
from commons.roster.models import Group, SlotKind
from rapidresponse.alerts import asking, breaking, watches
from rapidresponse.alerts.audience import UNANSWERED
from rapidresponse.alerts.models import (
    AfterReview,
    Alert,
    AlertPage,
    Approval,
    ApprovalState,
    RoleWatch,
    Verdict,
    WatchState,
)
from tests import builders
from tests.crash.points.alerts import KEY, STAFF, AboutAlerts, heard
from tests.crash.points.people import said
from tests.crash.points.scenarios import scenario
from tests.crash.points.world import World, once_only
from tests.rapidresponse.alerts import school


def audited(kind: str) -> Iterator[str]:
    """Yield when the audit does not say exactly once that something was done."""
    found = AuditLink.select().where(AuditLink.kind == kind).count()
    if found != 1:
        yield f"the audit says {kind} {found} times"


def told_once(about: str, number: int) -> Iterator[str]:
    """Yield unless so many people were told of something, each once."""
    rows = Message.select(Message.person, Message.state).join(Topic)
    found = list(rows.where(Topic.subject.startswith(f"{about}:")))
    if len(found) != number or len({row.person_id for row in found}) != number:
        yield f"{about} was said to {len(found)} people instead of {number}"
    doubtful = (MessageState.SENT, MessageState.FAILED)
    yield from (f"{about} is {row.state.value}" for row in found if row.state not in doubtful)


@scenario("break glass")
class BreakGlass(AboutAlerts):
    """Agents inside: told at once, counted once, and looked at by somebody else afterwards."""

    def act(self, world: World) -> None:
        chosen = school.intent("T2", STAFF, seen=False, break_glass="inside")
        alert = school.send(self.school.site, self.school.cast.rosa, chosen, key=KEY)
        world.answered("alert", KEY)
        world.deliver()
        by, asked = builders.actor(self.school.cast.mara), AfterReview.get()
        with once_only():
            breaking.review(by, alert, asked.public_id, Verdict.RIGHT, "")
        world.answered("reviewed")

    def check(self, world: World) -> Iterator[str]:
        yield from heard(world, Alert.get(), self.staff)
        yield from audited("alert.reviewed")
        decided = [row.verdict for row in AfterReview.select()]
        if decided != [Verdict.RIGHT]:
            yield f"it was looked at with {decided}"


class SecondPerson(AboutAlerts):
    """Families wait for Mara, whom Signal reaches."""

    def setup(self, world: World) -> None:
        super().setup(world)
        mara = builders.a_person(self.school.cast.other_school, Group.VOLUNTEER)
        self.mara = school.signal_for(self.school.cast.mara, mara)
        self.send(world, school.ALL)
        world.deliver()


@scenario("yes by signal")
class YesBySignal(SecondPerson):
    """Her yes is kept, counts once, lets families hear, and draws their page."""

    def act(self, world: World) -> None:
        receiver.store(said(builders.number_of(self.mara), f"YES {Approval.get().code}"))
        world.answered("heard")
        world.deliver()

    def check(self, world: World) -> Iterator[str]:
        yield from audited("alert.approved")
        yield from heard(world, Alert.get(), [*self.staff, *self.families])
        given = Approval.get()
        if (given.state, given.decided_via) != (ApprovalState.GIVEN, "signal"):
            yield f"her yes is {given.state.value}"
        pages = sorted(page.language for page in AlertPage.select())
        if pages != ["es", "ko"]:
            yield f"the page of families is there in {pages}"


@scenario("two minutes")
class TwoMinutes(SecondPerson):
    """Nobody decides: the site hears so and she is asked again, once, without anybody's doing."""

    again = False

    def act(self, world: World) -> None:
        world.move(121)
        world.deliver()

    def check(self, world: World) -> Iterator[str]:
        yield from audited("alert.unanswered")
        yield from told_once(UNANSWERED, len(self.staff))
        yield from told_once(asking.AGAIN, 1)


@scenario("role")
class RequiredRole(AboutAlerts):
    """The next in a role is asked when the first does not answer, and at last the core."""

    def setup(self, world: World) -> None:
        super().setup(world)
        for _one in range(2):
            builders.a_person(self.school.site, slot=SlotKind.SCHOOL_ADMINISTRATOR)
        self.send(world, ("A1",))
        world.deliver()
        # Only now the relay finds out who fills the role.
        world.move(3)
        world.deliver()

    def act(self, world: World) -> None:
        for _holder in range(2):
            world.move(181)
            world.deliver()

    def check(self, world: World) -> Iterator[str]:
        yield from told_once(watches.ASKED, 1)
        yield from told_once(watches.NOBODY, 3)
        watch = RoleWatch.get(RoleWatch.role == SlotKind.SCHOOL_ADMINISTRATOR.value)
        if watch.state is not WatchState.NOBODY_LEFT:
            yield f"the role is {watch.state.value}"
