"""kill -9 at every point of every scenario, a restart, and nothing lost, doubled or untrue.

To see one run again: `FAROLITO_TEST_CRASH="close 17n" make test ARGS="tests/crash/test_points.py
-k close"`, or `python -m tests.crash.points close 17n`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.points.orders import ONLY, Runs, told
from tests.crash.points.scenarios import scenarios

# How many runs of each scenario are killed a second time, while the restart recovers.
TWICE = 4
_made: dict[str, int] = {}


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with Runs("sqlcipher") as found:
        yield found


@pytest.mark.parametrize("name", scenarios())
def test_nothing_is_lost_wherever_it_is_killed(name: str, runs: Runs) -> None:
    report = runs.order(name, pairs=TWICE)
    _made[name] = report["runs"]
    assert report["faults"] == {}, told(report)
    assert report["points"], "A scenario without a point proves nothing."


def test_it_was_a_thousand_runs() -> None:
    if ONLY[0] or set(_made) != set(scenarios()):
        pytest.skip("Only some of the scenarios were run.")
    assert sum(_made.values()) >= 1000


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
    report = runs.order(name, flaw=flaw, singles=30)
    assert any(seen in fault for found in report["faults"].values() for fault in found)
    assert "0" not in report["faults"], "Without a kill the flaw must not show."


def test_words_left_waiting_behind_their_end_are_caught(runs: Runs) -> None:
    report = runs.order("close", flaw="leave-waiting", singles=1)
    for seen in ("newer words had taken its place", "newer words never go there"):
        assert any(seen in fault for fault in report["faults"]["0"])


def test_a_write_that_no_point_belongs_to_is_seen(runs: Runs) -> None:
    report = runs.order("broadcast", flaw="write-aside", singles=1)
    assert any("without a transaction" in fault for fault in report["faults"]["0"])
