"""Keeps phones, messages and groups in a small SQLite file, so that a demonstration survives.

Writing happens in a thread of its own, in batches: a send never waits for the disk, and a killed
simulator may lose the last fraction of a second.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import time
from pathlib import Path

from .state import Kept, State

Entry = tuple[str, str, str] | None


class Journal:
    """One file that a state is read from once and written to ever after."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises sqlite3.Error when that fails."""
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value TEXT,"
            " PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        self._entries: queue.SimpleQueue[Entry] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_loop, daemon=True)

    def attach(self, state: State) -> None:
        """Fill the state from the file, and from now on write its changes."""
        for kind in ("phone", "group", "message"):
            order = "CAST(key AS INTEGER)" if kind == "message" else "key"
            rows = self._database.execute(
                f"SELECT value FROM kept WHERE kind = ? ORDER BY {order}",  # noqa: S608
                (kind,),
            )
            for (value,) in rows.fetchall():
                state.load(kind, json.loads(value))
        state.keep = self._keep
        self._thread.start()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._entries.put(None)
        self._thread.join(5)
        self._database.close()

    def _keep(self, kind: str, key: str, thing: Kept) -> None:
        values = thing.as_dict() if thing else {}
        self._entries.put((kind, key, json.dumps(values, ensure_ascii=False)))

    def _write_loop(self) -> None:
        going = True
        while going:
            batch = [self._entries.get()]
            time.sleep(0.05)
            while not self._entries.empty():
                batch.append(self._entries.get())
            going = None not in batch
            self._write([entry for entry in batch if entry is not None])

    def _write(self, batch: list[tuple[str, str, str]]) -> None:
        self._database.execute("BEGIN")
        for kind, key, value in batch:
            if kind == "clear":
                self._database.execute("DELETE FROM kept")
            else:
                self._database.execute(
                    "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (kind, key, value)
                )
        self._database.execute("COMMIT")
