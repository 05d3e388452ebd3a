"""B4: killing the relay at random moments: who is lost, and who is told twice."""

from __future__ import annotations

import bisect
import contextlib
import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import clients
from benchmarks.figures import Figure, Line, at_most
from benchmarks.gateway import StubGateway, stub_gateway
from benchmarks.installation import Installation, installed, school, wait_for_none
from benchmarks.processes import module, running
from benchmarks.rows.handing_over import recipients
from benchmarks.scale import Scale
from commons.database import connection
from commons.messaging import outbox
from commons.messaging.models import Topic
from commons.messaging.statements import run
from commons.sites.models import Site

SEED = 1
LATENCY = 0.05
# A kill falls within so many seconds of the first message that a new relay sends.
LONGEST_LIFE = 0.4
WINDOW = 1.5
_SHOWN = "SELECT count(*) FROM message WHERE state = 'failed'"

Runs = Callable[[], contextlib.AbstractContextManager[subprocess.Popen[bytes]]]


@dataclass(frozen=True)
class Aftermath:
    """What became of N recipients: how often each was reached, and when the kills were."""

    times: Counter[str]
    repeats: list[int]  # after each kill
    lost: int
    shown: int  # never reached, but a person is told so

    @property
    def most_to_one(self) -> int:
        """Return how often the recipient who got most got the message."""
        return max(self.times.values(), default=0)


def measure(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B4: our relay, then a sender that marks before it sends."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farolito-bench-")))
        gateway = stack.enter_context(stub_gateway())
        made = stack.enter_context(
            installed(folder / "crash", gateway, in_flight=str(scale.in_flight))
        )
        with connection():
            site = school("Lincoln Elementary", scale.crash_messages)
        say("B4, our relay")
        ours = _aftermath(scale, gateway, site, lambda: _relay(made))
        say("B4, a sender that marks first")
        peer = _aftermath(scale, gateway, site, lambda: _marker(made))
    return list(_lines(scale, ours, peer))


@contextlib.contextmanager
def _relay(made: Installation) -> Iterator[subprocess.Popen[bytes]]:
    with made.relay("benchmarks.servers.impatient_relay") as process:
        yield process


@contextlib.contextmanager
def _marker(made: Installation) -> Iterator[subprocess.Popen[bytes]]:
    with running(module("benchmarks.servers.mark_first"), made.env) as process:
        yield process


def _aftermath(scale: Scale, gateway: StubGateway, site: Site, runs: Runs) -> Aftermath:
    chance, kills = random.Random(SEED), []
    gateway.reset(LATENCY)
    with connection():
        everybody = recipients()[: scale.crash_messages]
        texts = {("", "en"): clients.TEXT}
        topic = outbox.enqueue(f"bench:{time.monotonic()}", site.id, texts, everybody)
    for _ in range(scale.kills):
        before = gateway.facts()["arrivals"]
        with runs() as process:
            gateway.wait(int(before) + 1, "arrivals")
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills.append(time.monotonic())
    with runs(), connection():
        wait_for_none("queued", "sending", "unknown")
        time.sleep(2 * LATENCY)  # what the gateway has not answered yet
        shown = int(run(_SHOWN).fetchone()[0])
        Topic.delete().where(Topic.id == topic.id).execute()
    return _counted(gateway.arrivals(), kills, len(everybody), shown)


def _counted(
    arrivals: list[tuple[float, str]], kills: list[float], people: int, shown: int
) -> Aftermath:
    """Sort the arrivals: each repeat belongs to the kill after the arrival that it repeats."""
    times = Counter(recipient for _moment, recipient in arrivals)
    last: dict[str, float] = {}
    repeats = [0] * (len(kills) + 1)
    for moment, recipient in arrivals:
        if recipient in last:
            repeats[bisect.bisect(kills, last[recipient])] += 1
        last[recipient] = moment
    missing = people - len(times)
    return Aftermath(times, repeats[: len(kills)], max(0, missing - shown), min(missing, shown))


def _lines(scale: Scale, ours: Aftermath, peer: Aftermath) -> Iterator[Line]:
    what = f"{scale.crash_messages:,} messages, {scale.kills} × kill -9"
    bound = WINDOW * scale.in_flight
    yield Line(
        row="B4",
        what=f"recipients lost; {what}",
        unit="people",
        ours=Figure.of([ours.lost]),
        peer=Figure.of([peer.lost]),
        goals=(at_most("0 lost", ours.lost, 0),),
        rounds=scale.kills,
        note=(
            "Lost: nobody reached them, and nobody is told so. Peer: a sender that marks a message "
            f"as sent before it sends it. {ours.shown} of ours were never reached and are shown "
            "to a person as failed, since both of their tries fell to a kill. Our relay waits 2 s "
            "for a lost answer here, and 60 s otherwise."
        ),
    )
    yield Line(
        row="B4",
        what=f"messages told twice, for each kill; {what}",
        unit="messages",
        ours=Figure.of(ours.repeats),
        peer=Figure.of(peer.repeats),
        goals=(
            at_most(f"each kill ≤ {bound:.0f}", max(ours.repeats), bound),
            at_most("at most one repeat a recipient", ours.most_to_one - 1, 1),
        ),
        rounds=scale.kills,
    )
