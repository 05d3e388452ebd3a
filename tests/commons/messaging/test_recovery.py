"""Looking for what was left behind costs nothing for the messages that are finished."""

import pytest

from commons import clock
from commons.database import transaction
from commons.messaging import recovery
from commons.messaging.statements import at, run

NOW = at(clock.now())
EVERY_SECOND = {
    "left behind": (recovery._LEFT_BEHIND, ()),
    "to unknown": (recovery._TO_UNKNOWN, (NOW,)),
    "second unknown": (recovery._SECOND_UNKNOWN, (NOW,)),
    "first unknown": (recovery._FIRST_UNKNOWN, (True, NOW)),
    "too late": (recovery._TOO_LATE, (NOW,)),
}


def plan(statement: str, values: tuple[object, ...]) -> str:
    """Return how SQLite would carry a statement out."""
    with transaction():
        return " ".join(row[3] for row in run(f"EXPLAIN QUERY PLAN {statement}", *values))


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
@pytest.mark.parametrize("name", EVERY_SECOND)
def test_what_runs_every_second_reads_only_open_messages(db: str, name: str) -> None:
    found = plan(*EVERY_SECOND[name])
    assert "USING INDEX message_open" in found or "USING INDEX message_queued" in found, found


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_a_statement_that_reads_the_whole_table_would_be_seen(db: str) -> None:
    assert "INDEX" not in plan("UPDATE message SET reason = '' WHERE state = 'sending'", ())
