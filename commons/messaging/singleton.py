"""One relay for each data folder, and for each account on PostgreSQL."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from commons import clock
from commons.crypto import ring
from commons.database import database, is_sqlite
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l

# Seconds in which the database notices that a relay was killed.
LETTING_GO = 3.0


class OnlyRelay:
    """Held as long as this process is the relay; the system lets go when the process dies."""

    def __init__(self, folder: Path, account: str) -> None:
        """Name the folder and the account; nothing is taken yet."""
        self.folder = folder
        self.account = account
        self._descriptor = -1
        self._session: Any = None

    def __enter__(self) -> Self:
        """Become the only relay; raise Conflict when there is another."""
        self._descriptor = os.open(self.folder / "relay.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not is_sqlite():
                self._lock_account()
        except OSError:
            self._let_go()
            raise _another() from None
        except Conflict:
            self._let_go()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let another relay begin."""
        self._let_go()

    def held(self) -> bool:
        """Return whether this is still the only relay; a lost database session loses it."""
        if self._session is None:
            return True
        from psycopg import Error

        try:
            self._session.execute("SELECT 1")
        except Error:
            return False
        return True

    def _lock_account(self) -> None:
        import psycopg

        # A session of its own: the lock lives as long as the session, and pools end theirs.
        engine = database.obj
        self._session = psycopg.connect(
            dbname=engine.database, autocommit=True, **engine.connect_params
        )
        number = int.from_bytes(ring().blind(self.account, "relay.lock")[:7], "big")
        query = "SELECT pg_try_advisory_lock(%s)"
        deadline = clock.monotonic() + LETTING_GO
        while not self._session.execute(query, (number,)).fetchone()[0]:
            if clock.monotonic() > deadline:
                raise _another()
            time.sleep(0.05)

    def _let_go(self) -> None:
        if self._session is not None:
            with contextlib.suppress(Exception):
                # Closing alone lets go of it only when the server notices.
                self._session.execute("SELECT pg_advisory_unlock_all()")
                self._session.close()
            self._session = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _another() -> Conflict:
    return Conflict(
        _l("Another relay is running for this installation. Stop it before you start a second one.")
    )
