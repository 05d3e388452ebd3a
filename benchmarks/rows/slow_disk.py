"""B3: handing over on a disk whose every fsync takes ten milliseconds more."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import clients
from benchmarks.figures import Figure, Line, at_least, at_most, left_out, ratios
from benchmarks.gateway import StubGateway, stub_gateway
from benchmarks.installation import installed, school
from benchmarks.processes import module, running
from benchmarks.rows.handing_over import EXTRA_ROUNDS, KINDS, Sender, recipients
from benchmarks.scale import Scale
from benchmarks.slowsync import SlowDisk, library, slow_disk
from commons.database import connection

FSYNC_SECONDS = 0.01
# The PostgreSQL of this machine is another's process, whose disk we cannot slow down.
SLOWED = ("sqlcipher", "sqlite")
SHARE, MOST_FSYNCS = 0.90, 350.0
PEER = "benchmarks.servers.commit_each"
_serial = itertools.count(1)


@dataclass
class Slowed:
    """A sender whose process has a slow disk, and what its rounds took."""

    sender: Sender
    disk: SlowDisk
    rates: list[float] = field(default_factory=list)
    fsyncs: list[float] = field(default_factory=list)  # for each 1,000 messages

    def send(self, gateway: StubGateway, messages: int) -> tuple[float, float]:
        """Return the messages a second, and the fsyncs for each 1,000 of them."""
        before = self.disk.counted()
        rate = self.sender.rate(gateway, messages)
        fsyncs = self.disk.counted() - before
        if not fsyncs:
            raise RuntimeError("Nothing was counted: the disk was not slow.")
        return rate, 1000 * fsyncs / messages

    def keep(self, found: tuple[float, float]) -> None:
        """Let a round count."""
        self.rates.append(found[0])
        self.fsyncs.append(found[1])


def measure(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B3 for each latency and each database in a file."""
    lines: list[Line] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farolito-bench-")))
        built = library(folder)
        gateway = stack.enter_context(stub_gateway())
        for kind in SLOWED:
            for latency, messages in scale.slow_messages:
                say(f"B3 at {latency * 1000:.0f} ms on {KINDS[kind]}")
                with contextlib.ExitStack() as pair:
                    ours, peer = (
                        pair.enter_context(_slowed(folder, built, gateway, kind, scale, other))
                        for other in ("", PEER)
                    )
                    limit = _rounds(scale, gateway, ours, peer, latency, messages)
                lines.append(_line(scale, kind, latency, messages, limit, ours, peer))
    return lines


@contextlib.contextmanager
def _slowed(
    folder: Path, built: Path, gateway: StubGateway, kind: str, scale: Scale, other: str
) -> Iterator[Slowed]:
    """Run our relay, or another sender, on a slow disk; this process keeps a fast one."""
    name = f"{kind}{next(_serial)}"
    with installed(folder / name, gateway, kind, in_flight=str(scale.in_flight)) as made:
        with connection():
            site = school("Lincoln Elementary", max(n for _, n in scale.slow_messages))
            everybody = recipients()
        disk = slow_disk(built, folder / f"{name}.count", FSYNC_SECONDS)
        made.env |= disk.env
        runs = running(module(other), made.env) if other else made.relay()
        with runs:
            yield Slowed(Sender(made, site, everybody), disk)


def _rounds(
    scale: Scale, gateway: StubGateway, ours: Slowed, peer: Slowed, latency: float, messages: int
) -> list[float]:
    """Let all send in turn; a round in which even the limit was slow does not count."""
    limits: list[float] = []
    for one in (ours, peer):  # once, so that every thread has its connection
        gateway.reset(0.0)
        one.send(gateway, scale.in_flight)
    for _ in range(scale.rounds + EXTRA_ROUNDS):
        gateway.reset(latency)
        limit = clients.keep_alive(gateway, messages, scale.in_flight)
        gateway.reset(latency)
        sent = ours.send(gateway, messages)
        gateway.reset(latency)
        by_peer = peer.send(gateway, 2 * scale.in_flight)
        if limit < scale.least_limit * scale.in_flight / latency:
            continue
        limits.append(limit)
        ours.keep(sent)
        peer.keep(by_peer)
        if len(limits) == scale.rounds:
            break
    return limits


def _line(
    scale: Scale,
    kind: str,
    latency: float,
    messages: int,
    limit: list[float],
    ours: Slowed,
    peer: Slowed,
) -> Line:
    what = (
        f"{KINDS[kind]}: {messages:,} messages at {latency * 1000:.0f} ms, "
        f"{scale.in_flight} in flight, each fsync 10 ms longer"
    )
    if not limit:
        reason = "The machine was too busy: the limit itself stayed under 0.9 in every round."
        return left_out("B3", what, reason)
    share, fsyncs = ratios(ours.rates, limit), Figure.of(ours.fsyncs)
    return Line(
        row="B3",
        what=what,
        unit="messages/s",
        ours=Figure.of(ours.rates),
        peer=Figure.of(peer.rates),
        limit=Figure.of(limit),
        ratio_peer=ratios(ours.rates, peer.rates),
        ratio_limit=share,
        goals=(
            at_least(f"≥ {SHARE:.2f} of the limit", share.median, SHARE),
            at_most(f"≤ {MOST_FSYNCS:.0f} fsyncs for 1,000 messages", fsyncs.median, MOST_FSYNCS),
        ),
        rounds=len(limit),
        note=(
            "Peer: claim and result committed for each message, "
            f"{Figure.of(peer.fsyncs).words()} fsyncs for 1,000. Limit: keep-alive connections "
            "that keep nothing. PostgreSQL's own processes cannot be slowed down from here."
        ),
    )
