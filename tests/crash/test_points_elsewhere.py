"""The same scenarios on PostgreSQL and over real HTTP, a sample of each: a run costs more there."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from commons.messaging.simulator import Simulator
from tests import builders
from tests.conftest import POSTGRES, left_out
from tests.crash.points.orders import Runs, told
from tests.crash.points.scenarios import scenarios

SAMPLE = 60
# Of each scenario so many runs: one that nobody kills, and one that is killed a second time.
EACH = -(-SAMPLE // len(scenarios()))


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    try:
        psycopg.connect(POSTGRES).close()
    except psycopg.OperationalError:
        left_out("PostgreSQL does not answer: this test was left out")
    with Runs("postgresql") as found:
        yield found


@pytest.mark.parametrize("name", scenarios())
def test_nothing_is_lost_on_postgresql(name: str, runs: Runs) -> None:
    report = runs.order(name, singles=EACH - 2, pairs=1)
    assert report["faults"] == {}, told(report)


@pytest.mark.parametrize("name", ["broadcast", "approval"])
def test_nothing_is_lost_over_http_with_threads(name: str) -> None:
    accounts = [builders.a_number(n) for n in range(1, 30)]
    with (
        Simulator(account=accounts, automatic_receipts=False, latency_ms=1.0) as simulator,
        Runs("sqlcipher", simulator=simulator.url, accounts=accounts) as runs,
    ):
        report = runs.order(name, singles=6, pairs=1)
    assert report["faults"] == {}, told(report)
