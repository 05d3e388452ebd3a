"""B1: from the press that sends to the first message that reaches the gateway."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import clients, phones
from benchmarks.browser import Browser
from benchmarks.figures import Figure, Goal, Line, at_least, at_most, percentile, ratios
from benchmarks.gateway import StubGateway, stub_gateway
from benchmarks.installation import Installation, installed, school, wait_for_none
from benchmarks.processes import module, running
from benchmarks.public_alert import page_of
from benchmarks.scale import Scale
from benchmarks.servers.poller import PAUSE
from commons import clock, retention
from commons.accounts import memberships
from commons.accounts import service as accounts
from commons.accounts.models import Account
from commons.database import connection, transaction
from commons.limits import RateBucket
from commons.messaging.statements import run
from commons.permissions import CONSOLE, Role
from commons.sites.models import Site
from rapidresponse.alerts.models import Alert, AlertState, VersionKind
from rapidresponse.alerts.questions import questions

SEED = 1
# What is promised, by the number of recipients: milliseconds, and times as fast as the poller.
BOUNDS = {300: (25.0, 50.0), 10_000: (100.0, 0.0)}
SEND, YES = "the press that sends", "the second person's yes"
BUSY = 3.0  # times the quiet press, while the herd of B8 opens the public page every second
NOTE = (
    "From just before the connection of the POST (session, CSRF, one transaction) to the first "
    "arrival at the gateway. Staff and the site core get it with the first press, families (and "
    "staff, where they are more than 300) with the yes. Peer: a sender that polls every 2 s, "
    "pressed at moments spread evenly over its pause. Limit: one fsync and one POST. Busy: the "
    "same presses in the same round while {} phones a second, each on a new connection, open the "
    "public page of the first alert; the phones take their part of the machine. Messages are "
    "kept, so that each press meets a longer history than the one before, with nothing left of "
    "who was told, as the purge leaves it three days after an alert: up to {:,} messages."
)


@dataclass
class School:
    """A school with the two people who press, both signed in."""

    site: Site
    size: int
    lead: Account
    second: Account
    browsers: tuple[Browser, Browser] = field(init=False)

    def sign_in(self, port: int) -> None:
        """Sign both in anew, since what reaches many people asks for a fresh session."""
        self.browsers = (_signed_in(self.lead, port), _signed_in(self.second, port))

    def words_page(self) -> str:
        """Return the address of the page that shows the words before they are sent."""
        with connection():
            asked = questions(self.site, "T1", VersionKind.ALERT)
        answers = {question.name: question.default or question.choices[0] for question in asked}
        chosen = {"site": self.site.public_id, "type": "T1", "to": "A1 A2 A9", "seen": "yes"}
        return f"/alerts/new?{urlencode({**chosen, **answers})}"


@dataclass
class Stand:
    """An installation with its web running, the same schools as the other one, and a sender."""

    made: Installation
    gateway: StubGateway
    port: int
    schools: dict[int, School]

    def press(self, size: int, phase: float | None = None) -> dict[str, float]:
        """Send one alert and say yes to it; return the milliseconds of each press.

        With a `phase` each press waits until the poller has slept for so many seconds.
        """
        self.made.use()
        told = self.schools[size]
        lead, second = told.browsers
        form = lead.get(told.words_page()).form("key")
        self.gateway.reset(0.0)
        _wait_for_phase(phase)
        answer = lead.post(form, count=str(size))
        took = {SEND: self._first(lead)}
        with connection():
            wait_for_none("queued", "sending")
            form = second.follow(answer).form("shown", "/approve")
            self.gateway.reset(0.0)
            _wait_for_phase(phase)
            second.post(form)
            took[YES] = self._first(second)
            self._calm()
        return took

    def page(self) -> str:
        """Return the path of the public page of the first alert."""
        self.made.use()
        with connection():
            return page_of(Alert.select().order_by(Alert.id).get())

    def kept(self) -> int:
        """Return how many messages the installation has written by now."""
        self.made.use()
        with connection():
            return int(run("SELECT count(*) FROM message").fetchone()[0])

    def _first(self, browser: Browser) -> float:
        return (self.gateway.wait(1, "arrivals", 30)["first"] - browser.pressed) * 1000

    def _calm(self) -> None:
        """Take the rest back and let the alert be long over: the next press meets an idle relay.

        The purge does what it does three days after an end: nobody remembers who was told.
        """
        with transaction():
            run("UPDATE message SET state = 'cancelled' WHERE state = 'queued'")
        wait_for_none("sending")
        long_ago = clock.now() - dt.timedelta(days=9)
        with transaction():
            Alert.update(state=AlertState.CLOSED, ended_at=long_ago).where(
                Alert.state != AlertState.CLOSED
            ).execute()
            RateBucket.delete().execute()
        retention.purge()


def measure(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B1 for each number of recipients, with our relay and with a poller."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farolito-bench-")))
        gateway = stack.enter_context(stub_gateway())
        ours = stack.enter_context(_stand(folder / "ours", gateway, scale))
        stack.enter_context(ours.made.relay())
        peer = stack.enter_context(_stand(folder / "peer", gateway, scale))
        stack.enter_context(running(module("benchmarks.servers.poller"), peer.made.env))
        found = {}
        for size, presses in scale.recipients:
            say(f"B1 with {size:,} recipients")
            found[size] = _rounds(scale, folder, ours, peer, size, presses)
        note = NOTE.format(scale.herd, ours.kept())
    return [line for size, rounds in found.items() for line in _lines(size, rounds, note)]


@contextlib.contextmanager
def _stand(folder: Path, gateway: StubGateway, scale: Scale) -> Iterator[Stand]:
    with installed(folder, gateway) as made:
        schools, first = {}, 0
        with connection():
            second = _account("dispatcher", Role.DISPATCHER)
            for size, _ in scale.recipients:
                site = school(f"School of {size}", size, first)
                lead = _account(f"lead-{size}", Role.SITE_LEAD, site)
                schools[size] = School(site, size, lead, second)
                first += size
        with made.web() as port:
            yield Stand(made, gateway, port, schools)


def _account(name: str, role: Role, site: Site | None = None) -> Account:
    sign_in_name = f"{name}@bench.example"
    account: Account = accounts.create_account(CONSOLE, sign_in_name=sign_in_name, name=name)
    memberships.give_role(CONSOLE, account, role, site=site)
    return account


def _signed_in(account: Account, port: int) -> Browser:
    browser = Browser(port)
    path = f"/sign-in/{accounts.make_sign_in_link(CONSOLE, account)}"
    browser.follow(browser.post(browser.get(path).form("csrf_token")))
    return browser


@dataclass
class Round:
    """Milliseconds of one round, by which press."""

    ours: dict[str, list[float]]
    busy: dict[str, list[float]]
    peer: dict[str, list[float]]
    limit: float


def _rounds(
    scale: Scale, folder: Path, ours: Stand, peer: Stand, size: int, presses: int
) -> list[Round]:
    # People press at any moment of the poller's pause: one round in each part of it.
    phases = [PAUSE * (n + 0.5) / scale.rounds for n in range(scale.rounds)]
    random.Random(SEED).shuffle(phases)
    found = []
    for number, phase in enumerate(phases):
        for stand in (ours, peer):
            stand.made.use()
            stand.schools[size].sign_in(stand.port)
        if not number:  # once, so that nothing is done for the first time
            ours.press(size)
        limit = statistics.median(_limit(folder, ours.gateway) for _ in range(presses))
        mine = [ours.press(size) for _ in range(presses)]
        with phones.opening(ours.port, ours.page(), scale.herd):
            busy = [ours.press(size) for _ in range(presses)]
        polled = [peer.press(size, phase)]
        found.append(Round(_by_press(mine), _by_press(busy), _by_press(polled), limit))
    return found


def _wait_for_phase(phase: float | None) -> None:
    if phase is not None:
        time.sleep((phase - time.monotonic()) % PAUSE)


def _by_press(taken: list[dict[str, float]]) -> dict[str, list[float]]:
    return {name: [one[name] for one in taken] for name in (SEND, YES)}


def _limit(folder: Path, gateway: StubGateway) -> float:
    """Return the milliseconds of one fsync and one POST on a new connection."""
    gateway.reset(0.0)
    began = time.monotonic()
    with (folder / "limit").open("ab") as file:
        file.write(b"\0" * 4096)
        file.flush()
        os.fsync(file.fileno())
    clients.bare_post(gateway)
    return (gateway.facts()["first"] - began) * 1000


def _lines(size: int, rounds: list[Round], note: str) -> Iterator[Line]:
    limits = [one.limit for one in rounds]
    for press in (SEND, YES):
        every = [took for one in rounds for took in one.ours[press]]
        middles = [statistics.median(one.ours[press]) for one in rounds]
        polled = [statistics.median(one.peer[press]) for one in rounds]
        late, times = percentile(every, 0.95), ratios(polled, middles)
        yield Line(
            row="B1",
            what=f"{press}, {size:,} recipients",
            unit="ms",
            ours=Figure.of(every),
            peer=Figure.of(took for one in rounds for took in one.peer[press]),
            limit=Figure.of(limits),
            ratio_peer=times,
            ratio_limit=ratios(middles, limits),
            goals=tuple(_goals(size, late, times)),
            rounds=len(rounds),
            note=note,
        )
        yield _busy(press, size, rounds, note)


def _busy(press: str, size: int, rounds: list[Round], note: str) -> Line:
    busy, quiet = (
        [statistics.median(one[press]) for one in rows]
        for rows in ([r.busy for r in rounds], [r.ours for r in rounds])
    )
    times = ratios(busy, quiet)
    return Line(
        row="B1",
        what=f"{press}, {size:,} recipients, while phones open the public page",
        unit="ms",
        ours=Figure.of(took for one in rounds for took in one.busy[press]),
        limit=Figure.of(quiet),
        ratio_limit=times,
        goals=(at_most(f"≤ {BUSY:.0f} × quiet", times.median, BUSY),) if size in BOUNDS else (),
        rounds=len(rounds),
        note=note,
    )


def _goals(size: int, late: float, times: Figure) -> Iterator[Goal]:
    if size in BOUNDS:
        most, least = BOUNDS[size]
        yield at_most(f"p95 ≤ {most:.0f} ms", late, most)
        if least:
            yield at_least(f"≥ {least:.0f} × the poller", times.median, least)
