"""What a row hands back: figures with their spread, ratios, goals, and whether they hold."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


class LeftOut(Exception):
    """A row cannot be measured on this machine; the words say why."""


@dataclass(frozen=True)
class Figure:
    """The median of some measurements, with the least and the most of them."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Figure:
        """Return the figure of at least one measurement."""
        found = list(values)
        return cls(statistics.median(found), min(found), max(found))

    def words(self) -> str:
        """Return the median, and the spread where there is one."""
        if self.least == self.most:
            return short(self.median)
        return f"{short(self.median)} ({short(self.least)}–{short(self.most)})"


def ratios(ours: Sequence[float], others: Sequence[float]) -> Figure:
    """Return ours divided by the others', each within its own round."""
    return Figure.of(one / other for one, other in zip(ours, others, strict=True))


def percentile(values: Iterable[float], share: float) -> float:
    """Return the least measurement that this share of them does not exceed."""
    found = sorted(values)
    return found[math.ceil(share * len(found)) - 1]


def short(value: float) -> str:
    """Return a number with three digits that count, and thousands set apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{min(digits, 4)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Goal:
    """A bound that was promised, and the value that was found against it."""

    words: str
    value: float
    most: float = math.inf
    least: float = -math.inf

    @property
    def holds(self) -> bool:
        """Return whether the value is within the bound; what is not a number is not."""
        return self.least <= self.value <= self.most

    def verdict(self) -> str:
        """Return the promise and what was found."""
        return f"{self.words}: {short(self.value)}"


def at_most(words: str, value: float, bound: float) -> Goal:
    """Return a goal that holds up to the bound."""
    return Goal(words, value, most=bound)


def at_least(words: str, value: float, bound: float) -> Goal:
    """Return a goal that holds from the bound on."""
    return Goal(words, value, least=bound)


@dataclass(frozen=True)
class Line:
    """One line of the table. Each figure is in `unit`; `note` says what else must be known.

    A ratio is ours divided by the other's, or the other way round where less is better, so
    that more is better against a peer; the goal's words say which way a limit is meant.
    """

    row: str
    what: str
    unit: str = ""
    ours: Figure | None = None
    peer: Figure | None = None
    limit: Figure | None = None
    ratio_peer: Figure | None = None
    ratio_limit: Figure | None = None
    goals: tuple[Goal, ...] = ()
    rounds: int = 0
    note: str = ""
    left_out: str = field(default="")

    @property
    def holds(self) -> bool | None:
        """Return whether every goal holds; None where nothing was promised or measured."""
        return all(goal.holds for goal in self.goals) if self.goals else None

    def verdict(self) -> str:
        """Return the last cell of the table."""
        if self.left_out:
            return "left out"
        return {True: "holds", False: "falls short", None: "–"}[self.holds]

    def stored(self) -> dict[str, Any]:
        """Return the line as results.json keeps it."""
        kept = asdict(self)
        del kept["row"], kept["goals"]
        kept["goal"] = "; ".join(goal.words for goal in self.goals)
        return {**kept, "holds": self.holds}


def left_out(row: str, what: str, reason: str) -> Line:
    """Return a line that says plainly why there is no figure."""
    return Line(row, what, left_out=reason)
