"""Plain SQL for the rows that a relay touches thousands of times; `?` stands for a value."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from typing import Any

from peewee import __exception_wrapper__

from commons.database import database
from commons.messaging.models import Message


@functools.cache
def _for(param: str, sql: str) -> str:
    return sql.replace("?", param)


def run(sql: str, *values: object) -> Any:
    """Run one statement, and return its cursor."""
    return database.execute_sql(_for(database.param, sql), values)


def run_many(sql: str, rows: Iterable[Sequence[object]]) -> None:
    """Run one statement for each row of values."""
    with __exception_wrapper__:
        database.cursor().executemany(_for(database.param, sql), rows)


def at(moment: dt.datetime) -> Any:
    """Return an instant as a value for a statement."""
    return Message.due_at.db_value(moment)


def moment(value: Any) -> dt.datetime | None:
    """Return the instant that a statement gave."""
    found: dt.datetime | None = Message.due_at.python_value(value)
    return found
