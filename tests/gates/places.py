"""Where what was stored may lie: files, logs and backups, read as bytes."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Protocol

import psycopg

from commons.database import all_models, database


class Places(Protocol):
    """One installation's bytes, by the name of the place."""

    folder: Path

    def read(self) -> dict[str, bytes]:
        """Return what lies in each place now."""

    def settle(self) -> None:
        """Have what was stored reach the files that are read last."""

    def store(self, data: bytes) -> None:
        """Put bytes into the database, as a careless column would."""


def _written(folder: Path) -> dict[str, bytes]:
    return {
        "log": (folder / "farolito.log").read_bytes(),
        "what the simulator and the relay said": (folder / "said.txt").read_bytes(),
    }


class Plain:
    """A plain SQLite file with its companions, and a backup made while it is in use."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "plain.db"

    def read(self) -> dict[str, bytes]:
        files = {path.name: path.read_bytes() for path in self.folder.glob("plain.db*")}
        return {**files, "backup": self._backup(), **_written(self.folder)}

    def _backup(self) -> bytes:
        copy = self.folder / "backup"
        with (
            contextlib.closing(sqlite3.connect(self.file)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        found = copy.read_bytes()
        copy.unlink()
        return found

    def store(self, data: bytes) -> None:
        database.execute_sql("CREATE TABLE IF NOT EXISTS leak (held BLOB)")
        database.execute_sql("INSERT INTO leak VALUES (?)", (data,))

    def settle(self) -> None:
        """Move what is in the write-ahead log into the file itself."""
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


class Server:
    """A PostgreSQL database: its rows as they are copied out, its files, and a dump."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def read(self) -> dict[str, bytes]:
        with psycopg.connect(self.url, autocommit=True) as server:
            tables = server.execute(
                "SELECT quote_ident(relname), pg_relation_filepath(oid) FROM pg_class "
                "WHERE relkind IN ('r', 'i', 't') AND relnamespace IN "
                "('public'::regnamespace, 'pg_toast'::regnamespace)"
            ).fetchall()
            names = [model._meta.table_name for model in all_models()]
            names += ["leak"] if ("leak",) in [(name,) for name, _path in tables] else []
            found = {
                "rows": self._rows(server, names, "text"),
                "rows in binary": self._rows(server, names, "binary"),
            }
            server.execute("CHECKPOINT")
            [folder] = server.execute("SHOW data_directory").fetchone() or ("",)
            if files := self._files(Path(folder), [path for _name, path in tables]):
                found["files"] = files
        if shutil.which("pg_dump"):
            command = ["pg_dump", "--dbname", self.url]
            found["dump"] = subprocess.run(command, capture_output=True, check=True).stdout
        return {**found, **_written(self.folder)}

    def _rows(self, server: psycopg.Connection, names: list[str], form: str) -> bytes:
        found = []
        for name in names:
            with server.cursor().copy(f"COPY {name} TO STDOUT (FORMAT {form})") as out:
                found += [bytes(part) for part in out]
        return b"".join(found)

    def _files(self, folder: Path, paths: list[str]) -> bytes:
        """Return the relations' own files; nothing where the server's folder is closed to us."""
        with contextlib.suppress(PermissionError):
            return b"".join(
                (folder / path).read_bytes() for path in paths if (folder / path).is_file()
            )
        return b""

    def store(self, data: bytes) -> None:
        database.execute_sql("CREATE TABLE IF NOT EXISTS leak (held BYTEA, said TEXT)")
        said = data.decode("latin-1").replace("\0", "")
        database.execute_sql("INSERT INTO leak VALUES (%s, %s)", (data, said))

    def settle(self) -> None:
        """Nothing: the server's own checkpoint is asked for when the files are read."""
