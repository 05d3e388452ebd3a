"""What a scenario is, and where all of them are found by name.

A new feature adds its own: a class with `setup`, `act` and `check`, in a module beside this one
that is named below. `act` is what may be killed anywhere, and what people do again when
they were not answered: it keeps its keys in `setup`. Every public promise that it is given goes
into the journal by `world.answered`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence

from commons.messaging.jobs import Job
from tests.crash.points.world import World

# The two halves take about the same time.
ABOUT_ALERTS = ("alerts", "decisions")
ABOUT_PEOPLE = ("people", "upkeep", "words")


class Scenario:
    """Something that people and the system do together, and what must hold after it."""

    name = ""
    jobs: Sequence[Job] = ()
    base = "base"  # the database it starts from: "base" has all tables, "empty" has none
    again = True  # whether people do it once more after the restart
    hurried = False  # whether they may do so before the relay has come to rest
    share = 1.0  # which part of its points is killed at; another seed takes others
    doubt = False  # whether an answer is lost even without a kill

    def setup(self, world: World) -> None:
        """Make what is there before; ids and keys go on `self`."""

    def act(self, world: World) -> None:
        """Do it; the process may die at any point in here."""

    def start(self, world: World) -> None:
        """Do what every start of the system does before anything else."""

    def check(self, world: World) -> Iterator[str]:
        """Yield what is wrong at rest, beyond the invariants; it was done at least once."""
        yield from ()


_found: dict[str, type[Scenario]] = {}


def scenario(name: str) -> Callable[[type[Scenario]], type[Scenario]]:
    """Enter a scenario by its name, which is also how a failed run is asked for again."""

    def enter(kind: type[Scenario]) -> type[Scenario]:
        assert name not in _found
        kind.name = name
        _found[name] = kind
        return kind

    return enter


def scenarios(modules: Sequence[str] = ABOUT_ALERTS + ABOUT_PEOPLE) -> dict[str, type[Scenario]]:
    """Return every scenario of these modules by its name."""
    names = [f"{__package__}.{module}" for module in modules]
    for name in names:
        importlib.import_module(name)
    return {name: kind for name, kind in _found.items() if kind.__module__ in names}
