"""B2: handing N messages over, each one durable, as fast as the gateway lets anybody."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import clients
from benchmarks.figures import Figure, Goal, LeftOut, Line, at_least, left_out, ratios
from benchmarks.gateway import StubGateway, stub_gateway
from benchmarks.installation import Installation, installed, school, wait_for_none
from benchmarks.scale import Scale
from commons.database import after_commit, connection, transaction
from commons.messaging import outbox
from commons.messaging.models import Topic
from commons.messaging.outbox import Recipient
from commons.roster.models import ContactMethod
from commons.sites.models import Site

KINDS = {"sqlcipher": "SQLCipher", "sqlite": "SQLite", "postgresql": "PostgreSQL"}
# What is promised at a latency in seconds: the share of the limit.
SHARES = {0.3: 0.95, 0.05: 0.90}
LOOP = 25
EXTRA_ROUNDS = 3
_serial = itertools.count(1)


@dataclass
class Sender:
    """An installation with its relay running, and the people it writes to."""

    made: Installation
    site: Site
    recipients: list[Recipient]
    rates: list[float] = field(default_factory=list)

    def rate(self, gateway: StubGateway, messages: int) -> float:
        """Return the messages a second, from the commit of the queue to the last record."""
        self.made.use()
        began = [0.0]
        with transaction():
            after_commit(lambda: began.__setitem__(0, time.monotonic()))
            topic = outbox.enqueue(
                f"bench:{next(_serial)}",
                self.site.id,
                {("", "en"): clients.TEXT},
                self.recipients[:messages],
            )
        gateway.wait(messages)
        with connection():
            wait_for_none("queued", "sending")
            took = time.monotonic() - began[0]
            # Nobody is written to more than six times a minute: let nobody remember this.
            with transaction():
                Topic.delete().where(Topic.id == topic.id).execute()
        return messages / took


@dataclass
class Rounds:
    """Rates of the rounds that count, by who sent."""

    limit: list[float] = field(default_factory=list)
    loop: list[float] = field(default_factory=list)
    pool: list[float] = field(default_factory=list)
    ours: dict[str, list[float]] = field(default_factory=dict)
    dropped: int = 0
    stub: list[float] = field(default_factory=list)  # its CPU seconds a message


def measure(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B2 for each latency and each database."""
    lines: list[Line] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farolito-bench-")))
        gateway = stack.enter_context(stub_gateway())
        senders: dict[str, Sender] = {}
        most = max([n for _, n in scale.messages] + list(scale.growth))
        for kind, name in KINDS.items():
            try:
                senders[kind] = stack.enter_context(_sender(folder, gateway, kind, scale, most))
            except LeftOut as reason:
                lines.append(left_out("B2", f"hand-over on {name}", str(reason)))
        for latency, messages in scale.messages:
            say(f"B2 at {latency * 1000:.0f} ms")
            found = _rounds(scale, gateway, senders, latency, messages)
            lines += _lines(scale, found, latency, messages)
        if scale.growth:
            say("B2 growth")
            lines += _growth(scale, gateway, senders)
    return lines


@contextlib.contextmanager
def _sender(
    folder: Path, gateway: StubGateway, kind: str, scale: Scale, people: int
) -> Iterator[Sender]:
    given = {"in_flight": str(scale.in_flight)}
    with installed(folder / kind, gateway, kind, **given) as made:
        with connection():
            site = school("Lincoln Elementary", people)
            everybody = recipients()
        with made.relay():
            yield Sender(made, site, everybody)


def recipients() -> list[Recipient]:
    """Return everybody whom the database knows, to be sent one and the same text."""
    rows: Any = ContactMethod.select(ContactMethod.person, ContactMethod.id).tuples()
    return [Recipient(person, method, "", "en", 10) for person, method in rows]


def _rounds(
    scale: Scale, gateway: StubGateway, senders: dict[str, Sender], latency: float, messages: int
) -> Rounds:
    """Let everybody send in turn; a round in which even the limit was slow does not count."""
    found = Rounds(ours={kind: [] for kind in senders})
    loops = dict(scale.one_by_one)
    for sender in senders.values():  # once, so that every thread has its connection
        gateway.reset(0.0)
        sender.rate(gateway, scale.in_flight)
    for _ in range(scale.rounds + EXTRA_ROUNDS):
        gateway.reset(latency)
        before = gateway.facts()["cpu"]
        limit = clients.keep_alive(gateway, messages, scale.in_flight)
        found.stub.append((gateway.facts()["cpu"] - before) / messages)
        ours = {}
        for kind, sender in senders.items():
            gateway.reset(latency)
            ours[kind] = sender.rate(gateway, messages)
        pool = clients.session_pool(gateway, messages, scale.in_flight)
        loop = clients.one_by_one(gateway, loops[latency])
        if latency and limit < scale.least_limit * scale.in_flight / latency:
            found.dropped += 1
            continue
        found.limit.append(limit)
        found.pool.append(pool)
        found.loop.append(loop)
        for kind, rate in ours.items():
            found.ours[kind].append(rate)
        if len(found.limit) == scale.rounds:
            break
    return found


def _lines(scale: Scale, found: Rounds, latency: float, messages: int) -> Iterator[Line]:
    what = f"{messages:,} messages at {latency * 1000:.0f} ms, {scale.in_flight} in flight"
    if not found.limit:
        reason = "The machine was too busy: the limit itself stayed under 0.9 in every round."
        yield left_out("B2", what, reason)
        return
    note = (
        "Peer: a loop of requests.post. Limit: keep-alive connections that keep nothing. The stub "
        f"of a gateway, at {latency * 1000:.0f} ms, takes "
        f"{Figure.of(found.stub).median * 1e6:.0f} µs of CPU a message."
    )
    if found.dropped:
        note += f" {found.dropped} rounds were dropped: the limit itself was slow."
    for kind, rates in found.ours.items():
        line = _line(f"{KINDS[kind]}: {what}", rates, found)
        yield Line(**{**vars(line), "goals": _goals(line, latency), "note": note})
    pool = _line(f"thread pool of requests.Session: {what}", found.pool, found)
    note = "A peer in the place of ours. Apprise is not among our dependencies, so it is left out."
    yield Line(**{**vars(pool), "note": note})


def _line(what: str, rates: list[float], found: Rounds) -> Line:
    return Line(
        row="B2",
        what=what,
        unit="messages/s",
        ours=Figure.of(rates),
        peer=Figure.of(found.loop),
        limit=Figure.of(found.limit),
        ratio_peer=ratios(rates, found.loop),
        ratio_limit=ratios(rates, found.limit),
        rounds=len(rates),
    )


def _goals(line: Line, latency: float) -> tuple[Goal, ...]:
    if latency not in SHARES or line.ratio_limit is None or line.ratio_peer is None:
        return ()
    share = SHARES[latency]
    return (
        at_least(f"≥ {share:.2f} of the limit", line.ratio_limit.median, share),
        at_least(f"≥ {LOOP} × the loop", line.ratio_peer.median, LOOP),
    )


def _growth(scale: Scale, gateway: StubGateway, senders: dict[str, Sender]) -> Iterator[Line]:
    for kind, sender in senders.items():
        rates = []
        for messages in scale.growth:
            gateway.reset(0.0)
            rates.append(sender.rate(gateway, messages))
        flat = rates[-1] / rates[0]
        sizes = f"{scale.growth[0]:,} to {scale.growth[-1]:,}"
        yield Line(
            row="B2",
            what=f"{KINDS[kind]}: rate at 0 ms from {sizes} messages",
            unit="messages/s",
            ours=Figure.of(rates),
            goals=(at_least("the largest ≥ 0.8 of the smallest", flat, 0.8),),
            rounds=1,
        )
