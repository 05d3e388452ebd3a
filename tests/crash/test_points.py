"""kill -9 at every point of every scenario, a restart, and nothing lost, doubled or untrue.

Here are those of alerts; `test_points_of_people.py` has the others, so that two cores share the
work. To see one run again: `FAROLITO_TEST_CRASH="close 17n" make test
ARGS="tests/crash/test_points.py -k close"`, or `python -m tests.crash.points close 17n`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.points.orders import ONLY, TWICE, Runs, told
from tests.crash.points.scenarios import ABOUT_ALERTS, scenarios

NAMES = scenarios(ABOUT_ALERTS)
_made: dict[str, int] = {}


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with Runs("sqlcipher") as found:
        yield found


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_an_alert_is_lost_wherever_it_is_killed(name: str, runs: Runs) -> None:
    report = runs.order(name, pairs=TWICE)
    _made[name] = report["runs"]
    assert report["faults"] == {}, told(report)
    assert report["points"], "A scenario without a point proves nothing."


def test_it_was_six_hundred_runs() -> None:
    """With those of people it is more than a thousand."""
    if ONLY[0] or set(_made) != set(NAMES):
        pytest.skip("Only some of the scenarios were run.")
    assert sum(_made.values()) >= 600
