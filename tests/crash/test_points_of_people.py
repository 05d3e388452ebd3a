"""kill -9 as in `test_points.py`: people and upkeep; and the harness sees what is really wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.points.orders import ONLY, TWICE, Runs, told
from tests.crash.points.scenarios import ABOUT_PEOPLE, scenarios

NAMES = scenarios(ABOUT_PEOPLE)
_made: dict[str, int] = {}


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with Runs("sqlcipher") as found:
        yield found


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_is_lost_wherever_it_is_killed(name: str, runs: Runs) -> None:
    report = runs.order(name, pairs=TWICE)
    _made[name] = report["runs"]
    assert report["faults"] == {}, told(report)
    assert report["points"], "A scenario without a point proves nothing."


def test_it_was_four_hundred_runs() -> None:
    """With those of alerts it is more than a thousand."""
    if ONLY[0] or set(_made) != set(NAMES):
        pytest.skip("Only some of the scenarios were run.")
    assert sum(_made.values()) >= 400


@pytest.mark.parametrize(
    ("flaw", "seen", "name"),
    [
        ("mark-first", "silently lost", "broadcast"),
        ("send-first", "came again without saying so", "broadcast"),
        ("second-copy", "came again without saying so", "broadcast"),
        ("overtake", "heard the versions in the order", "close"),
    ],
)
def test_a_bad_worker_is_caught(flaw: str, seen: str, name: str, runs: Runs) -> None:
    report = runs.order(name, flaw=flaw, singles=15)
    assert any(seen in fault for found in report["faults"].values() for fault in found)
    assert "0" not in report["faults"], "Without a kill the flaw must not show."


def test_words_left_waiting_behind_their_end_are_caught(runs: Runs) -> None:
    report = runs.order("close", flaw="leave-waiting", singles=1)
    for seen in ("newer words had taken its place", "newer words never go there"):
        assert any(seen in fault for fault in report["faults"]["0"])


def test_a_write_that_no_point_belongs_to_is_seen(runs: Runs) -> None:
    report = runs.order("broadcast", flaw="write-aside", singles=1)
    assert any("without a transaction" in fault for fault in report["faults"]["0"])
