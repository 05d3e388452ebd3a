"""B13: an urgent alert that overtakes a running broadcast of thousands of routine messages."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import clients
from benchmarks.figures import Figure, Line, at_least, at_most, ratios
from benchmarks.gateway import StubGateway, stub_gateway
from benchmarks.installation import Installation, installed, school, wait_for_none
from benchmarks.rows.handing_over import recipients
from benchmarks.scale import Scale
from commons.database import after_commit, connection, transaction
from commons.messaging import outbox
from commons.messaging.models import Topic
from commons.messaging.outbox import Recipient
from commons.messaging.statements import run
from commons.roster.models import ContactMethod
from commons.sites.models import Site

URGENT, ROUTINE = 10, 40
LATENCY = 0.05
# What is promised: times the idle queue, and times as fast as first in, first out.
MOST, LEAST = 1.5, 20.0
# The broadcast is under way once so many waves of it have arrived.
WAVES = 3
_WAITS = """
SELECT EXISTS (SELECT 1 FROM message WHERE topic_id = ? AND state IN ('queued', 'sending'))
"""
NOTE = (
    "From the commit of the urgent messages to the arrival of the last of them at the gateway, "
    "which answers after {:.0f} ms, {} in flight, SQLCipher. Limit: the same with an idle queue. "
    "Peer: first in, first out, which is our relay when all messages are equally urgent."
)
_serial = itertools.count(1)


@dataclass
class Queue:
    """An installation with its relay running, and the people of both alerts."""

    made: Installation
    gateway: StubGateway
    site: Site
    routine: list[Recipient]
    urgent: list[Recipient]
    numbers: frozenset[str]

    def overtake(self, routine: int | None, underway: int) -> float:
        """Return the milliseconds in which the urgent messages arrive.

        `routine` is the urgency of those they find in the queue; None leaves it idle.
        """
        self.gateway.reset(LATENCY)
        topics = []
        if routine is not None:
            topics.append(self._queue([one._replace(priority=routine) for one in self.routine]))
            self.gateway.wait(underway, "arrivals")
        began = [0.0]
        with transaction():
            after_commit(lambda: began.__setitem__(0, time.monotonic()))
            topics.append(self._queue(self.urgent))
        self._wait_for(topics[-1])
        arrived = [moment for moment, number in self.gateway.arrivals() if number in self.numbers]
        self._forget(topics)
        return (max(arrived) - began[0]) * 1000

    def _queue(self, people: Sequence[Recipient]) -> Topic:
        texts = {("", "en"): clients.TEXT}
        return outbox.enqueue(f"bench:{next(_serial)}", self.site.id, texts, people)

    def _wait_for(self, topic: Topic) -> None:
        deadline = time.monotonic() + 120
        while run(_WAITS, topic.id).fetchone()[0]:
            if time.monotonic() > deadline:
                raise TimeoutError("The urgent messages did not arrive within two minutes.")
            time.sleep(0.01)

    def _forget(self, topics: Sequence[Topic]) -> None:
        """Take the rest back; nobody is written to often, so let nobody remember this."""
        for topic in topics:
            outbox.cancel(topic.id, "bench")
        wait_for_none("queued", "sending")
        with transaction():
            Topic.delete().where(Topic.id.in_([topic.id for topic in topics])).execute()


@dataclass
class Rounds:
    """Milliseconds of each round, by who had to wait for whom."""

    ours: list[float] = field(default_factory=list)
    fifo: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)


def measure(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B13 with our relay, with an idle queue, and with everything equally urgent."""
    routine, urgent = scale.overtaking
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farolito-bench-")))
        queue = stack.enter_context(_queue(folder, scale))
        stack.enter_context(connection())
        underway = min(WAVES * scale.in_flight, routine // 2)
        queue.overtake(None, 0)  # once, so that every thread has its connection
        found = Rounds()
        for number in range(scale.rounds):
            say(f"B13, round {number + 1} of {scale.rounds}")
            found.idle.append(queue.overtake(None, 0))
            found.ours.append(queue.overtake(ROUTINE, underway))
            found.fifo.append(queue.overtake(URGENT, underway))
    return [_line(scale, found, f"{urgent:,} urgent behind {routine:,} routine messages")]


@contextlib.contextmanager
def _queue(folder: Path, scale: Scale) -> Iterator[Queue]:
    routine, urgent = scale.overtaking
    with stub_gateway() as gateway:
        given = {"in_flight": str(scale.in_flight)}
        with installed(folder / "sqlcipher", gateway, **given) as made:
            with connection():
                site = school("Lincoln Elementary", routine + urgent)
                everybody = [one._replace(priority=URGENT) for one in recipients()]
                numbers = frozenset(_number(one) for one in everybody[routine:])
            with made.relay():
                people = everybody[:routine], everybody[routine:]
                yield Queue(made, gateway, site, *people, numbers)


def _number(recipient: Recipient) -> str:
    return str(ContactMethod.get_by_id(recipient.method_id).reveal("value"))


def _line(scale: Scale, found: Rounds, what: str) -> Line:
    late, times = ratios(found.ours, found.idle), ratios(found.fifo, found.ours)
    return Line(
        row="B13",
        what=what,
        unit="ms",
        ours=Figure.of(found.ours),
        peer=Figure.of(found.fifo),
        limit=Figure.of(found.idle),
        ratio_peer=times,
        ratio_limit=late,
        goals=(
            at_most(f"≤ {MOST} × the idle queue", late.median, MOST),
            at_least(f"≥ {LEAST:.0f} × first in, first out", times.median, LEAST),
        ),
        rounds=len(found.ours),
        note=NOTE.format(LATENCY * 1000, scale.in_flight),
    )
