"""The windows of the `limits` library in our database; loaded when something is first counted.

The library brings every storage it knows along, which is 30 ms of a start.
"""

from __future__ import annotations

import functools
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from peewee import PeeweeException

from commons import clock, crypto
from commons import limits as ours
from commons.database import connection, database, transaction
from commons.limits import RateBucket

_COUNT = (
    'INSERT INTO rate_bucket ("key", tries, ends_at) VALUES ({0}, {0}, {0}) '
    'ON CONFLICT ("key") DO UPDATE SET tries = rate_bucket.tries + excluded.tries RETURNING tries'
)


class DatabaseStorage(Storage):
    """Windows of the `limits` library in a table that all processes share."""

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what a failing database raises."""
        return PeeweeException

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count tries in one statement, so that no two callers read the same number."""
        now = clock.now().timestamp()
        name = _hashed(key)
        with transaction():
            RateBucket.delete().where(RateBucket.key == name, RateBucket.ends_at <= now).execute()
            row = database.execute_sql(
                _COUNT.format(database.param), (name, amount, now + expiry)
            ).fetchone()
        return int(row[0])

    def get(self, key: str) -> int:
        """Return how many tries the running window holds."""
        row = self._running(key)
        return row.tries if row else 0

    def get_expiry(self, key: str) -> float:
        """Return when the running window ends, in seconds since the epoch."""
        row = self._running(key)
        return row.ends_at if row else clock.now().timestamp()

    def _running(self, key: str) -> Any:
        with connection():
            row = RateBucket.get_or_none(RateBucket.key == _hashed(key))
        return row if row and row.ends_at > clock.now().timestamp() else None

    def check(self) -> bool:
        """Return whether the storage answers."""
        return True

    def reset(self) -> int | None:
        """Forget all windows."""
        with transaction():
            return int(RateBucket.delete().execute())

    def clear(self, key: str) -> None:
        """Forget one window."""
        with transaction():
            RateBucket.delete().where(RateBucket.key == _hashed(key)).execute()


def _hashed(key: str) -> str:
    return crypto.ring().blind(key, "rate_bucket.key").hex()


def items(name: str) -> tuple[RateLimitItem, ...]:
    """Return the windows of a limit."""
    return _parsed(ours.LIMITS[name])


@functools.cache
def _parsed(windows: tuple[str, ...]) -> tuple[RateLimitItem, ...]:
    return tuple(parse(words) for words in windows)


limiter = FixedWindowRateLimiter(DatabaseStorage())
