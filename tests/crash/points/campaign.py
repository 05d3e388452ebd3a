"""Recording a scenario, killing it at each of its points, and judging what a restart makes of it.

A run is a child forked from one process that has read all modules: no interpreter start, no open
database, no second thread. It copies a database made ready, acts, and dies by SIGKILL at its
point; then the system starts as it would after a crash, lets the relay come to rest, has people
do again what they were not answered, and checks. A restart that is killed too, or has a flaw
planted, is a child as well; the others need none.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from commons import effects
from tests.crash.points import flaws, invariants, places
from tests.crash.points.endings import in_child, in_here, why
from tests.crash.points.journal import Journal
from tests.crash.points.places import Files, Server
from tests.crash.points.scenarios import Scenario, scenarios
from tests.crash.points.world import World


@dataclasses.dataclass
class Report:
    """What a campaign found; `points` are those of the run that nobody killed."""

    scenario: str
    points: list[str]
    runs: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    faults: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    def add(self, where: str, found: list[str]) -> None:
        self.runs += 1
        if found:
            self.faults[where] = found


class Campaign:
    """All runs on one engine; keep it for as long as there are scenarios to run."""

    def __init__(self, engine: str, simulator: str = "", accounts: tuple[str, ...] = ()) -> None:
        self.folder = places.folder_in_memory()
        # Whatever the environment says: else each run would compile all migrations anew.
        sys.pycache_prefix, sys.dont_write_bytecode = str(self.folder / "read"), False
        self.simulator, self.accounts = simulator, list(accounts)
        files = engine != "postgresql"
        self.place = Files(self.folder, engine) if files else Server(self.folder)
        gc.collect()
        gc.freeze()

    def close(self) -> None:
        """Leave nothing behind."""
        self.place.close()

    def run(self, name: str, flaw: str = "", only: str = "", pairs: int = 0, singles: int = 0,
            seed: int = 0) -> Report:  # fmt: skip
        """Kill at the scenario's share of points, or at `singles`; `pairs` times at two of them.

        `only` is the name of one run, as `Kill` reads it.
        """
        began, used = time.monotonic(), sum(os.times()[:4])
        found = Prepared(self, scenarios()[name](), flaw)
        report = Report(name, found.record())
        report.add("0", found.faults)
        if only:
            report.add(only, found.killed(Kill.read(only)).faults)
        else:
            self._all(found, report, singles, pairs, random.Random(f"{seed}:{name}"))
        self.place.forget()
        report.seconds = time.monotonic() - began
        report.cpu = sum(os.times()[:4]) - used
        return report

    def _all(
        self, found: Prepared, report: Report, singles: int, pairs: int, chance: random.Random
    ) -> None:
        points = range(1, len(report.points) + 1)
        lengths = {}
        most = round(len(points) * found.scenario.share)
        for k in sorted(chance.sample(points, min(singles or most, len(points)))):
            for hurried in (False, True) if found.scenario.hurried else (False,):
                kill = Kill(k, hurried=hurried)
                run = found.killed(kill)
                lengths[k] = run.points
                report.add(str(kill), run.faults)
        for _time in range(pairs):
            k = chance.choice(sorted(lengths))
            j = chance.randint(1, max(1, lengths[k]))
            kill = Kill(k, j, found.scenario.hurried and chance.random() < 0.5)
            report.add(str(kill), found.killed(kill).faults)


@dataclasses.dataclass(frozen=True)
class Kill:
    """Where a run dies: at the k-th point, and with j again at the j-th of the restart.

    Written `17`, `17+4`, and with an *n* behind when people act now, before the relay has come
    to rest.
    """

    k: int
    j: int = 0
    hurried: bool = False

    @classmethod
    def read(cls, text: str) -> Kill:
        first, _, second = text.removesuffix("n").partition("+")
        return cls(int(first), int(second or 0), text.endswith("n"))

    def __str__(self) -> str:
        """Write it as `read` takes it."""
        return f"{self.k}{f'+{self.j}' if self.j else ''}{'n' if self.hurried else ''}"


@dataclasses.dataclass
class Outcome:
    """What a restart found, and through how many points it went."""

    faults: list[str]
    points: int


class Prepared:
    """A scenario with the database it starts from."""

    def __init__(self, campaign: Campaign, scenario: Scenario, flaw: str) -> None:
        self.campaign, self.scenario, self.flaw = campaign, scenario, flaw
        self.place, self.folder = campaign.place, campaign.folder
        self.serial = 0
        self.faults: list[str] = []
        if not (flaw or campaign.simulator):
            self._warm_up()

    def _warm_up(self) -> None:
        """Do it once in this process, so that no child has to read and build it all again."""
        folder, url = self._begin()
        world = self._world(folder, url)
        with contextlib.suppress(Exception), world.open():
            self.scenario.act(world)
            self._come_to_rest(world, None)
        world.journal.close()
        self.place.end(folder)
        gc.freeze()

    def _world(self, folder: Path, url: str) -> World:
        accounts = self.campaign.accounts
        account = accounts[self.serial % len(accounts)] if accounts else ""
        return World(folder, url, self.scenario.jobs, (self.campaign.simulator, account))

    def record(self) -> list[str]:
        """Run once without a kill, and return the names of the points it went through."""
        folder, url = self._begin()
        names = folder / "points"

        def act() -> None:
            with names.open("w", encoding="utf-8") as file:
                effects.trace(lambda point: print(point, file=file))
                self._act(folder, url, watched=True)
            effects.trace(None)

        status = in_child(act, folder)
        found = self._restart(folder, url, None)
        aside = [f"a write without a transaction: {sql}" for sql in _aside(folder)]
        self.faults = [*found.faults, *why(status, folder), *aside]
        points = names.read_text(encoding="utf-8").split()
        self.place.end(folder)
        return points

    def killed(self, kill: Kill) -> Outcome:
        """Kill the scenario, where asked its restart too; return what the last restart found."""
        folder, url = self._begin()
        status = in_child(lambda: self._act(folder, url, kill.k), folder)
        found = why(status, folder)
        if kill.j:
            status = in_child(lambda: self._again(folder, url, kill, kill.j), folder)
            found += why(status, folder)
        outcome = self._restart(folder, url, kill)
        self.place.end(folder)
        return Outcome(found + outcome.faults, outcome.points)

    def _begin(self) -> tuple[Path, str]:
        self.serial += 1
        folder = self.folder / f"run{self.serial}"
        return folder, self.place.begin(self.scenario.base, folder, self._set_up)

    def _set_up(self, folder: Path, url: str) -> None:
        self.scenario = type(self.scenario)()
        world = self._world(folder, url)
        with world.open():
            self.scenario.setup(world)
        world.journal.close()

    # -- in children --------------------------------------------------------

    def _act(self, folder: Path, url: str, k: int = 0, *, watched: bool = False) -> None:
        if k:
            effects.trace(Killer(k))
        flaws.plant(self.flaw)
        world = self._world(folder, url)
        with world.open():
            if watched:
                world.watch_writes()
            self.scenario.act(world)

    def _restart(self, folder: Path, url: str, kill: Kill | None) -> Outcome:
        # Nobody kills this one, so that no process is needed for it: a third of the time.
        alone = self.flaw or self.campaign.simulator
        run = in_child if alone else in_here
        verdict = folder / "verdict"
        # That of a restart which ended before it was to be killed.
        verdict.unlink(missing_ok=True)
        status = run(lambda: self._again(folder, url, kill), folder)
        if not verdict.exists():
            return Outcome([*why(status, folder), "the restart came to no verdict"], 0)
        found: dict[str, Any] = json.loads(verdict.read_text(encoding="utf-8"))
        return Outcome(found["faults"], found["points"])

    def _again(self, folder: Path, url: str, kill: Kill | None, j: int = 0) -> None:
        counter = Killer(j)
        effects.trace(counter)
        flaws.plant(self.flaw)
        world = self._world(folder, url)
        with contextlib.closing(world.journal), world.open():
            found = self._come_to_rest(world, kill)
        verdict = {"faults": found, "points": counter.passed}
        (folder / "verdict").write_text(json.dumps(verdict), encoding="utf-8")

    def _come_to_rest(self, world: World, kill: Kill | None) -> list[str]:
        doubt = kill is not None or self.scenario.doubt
        found = []
        self.scenario.start(world)
        if kill and self.scenario.again:
            if not kill.hurried:
                world.to_rest()
                found += invariants.faults(world, doubt=doubt, last=False)
            self.scenario.act(world)
        world.to_rest()
        return [*found, *invariants.faults(world, doubt=doubt), *self.scenario.check(world)]


class Killer:
    """Ends the process with kill -9 at the k-th point; 0 counts only."""

    def __init__(self, k: int) -> None:
        self.k, self.passed = k, 0

    def __call__(self, _name: str) -> None:
        self.passed += 1
        if self.passed == self.k:
            os.kill(os.getpid(), signal.SIGKILL)


def _aside(folder: Path) -> list[str]:
    journal = Journal(folder / "journal")
    found = [line["sql"] for line in journal.lines("written aside")]
    journal.close()
    return found
