"""What the figures were measured on, without naming the machine."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import psycopg
import sqlcipher3

from benchmarks.installation import POSTGRES

SYNCS = 50


def description() -> list[str]:
    """Return the facts that the figures depend on, one a line."""
    return [
        f"Measured on {dt.datetime.now(dt.UTC):%d %B %Y}.",
        f"{os.cpu_count()} cores ({_processor()}), {_memory()}, {platform.system()} "
        f"{platform.release().split('-')[0]}; load when it began: {os.getloadavg()[0]:.1f}.",
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"SQLCipher on SQLite {sqlcipher3.sqlite_version}, SQLite {sqlite3.sqlite_version}, "
        f"{_postgres()}.",
        f"One fsync of a page takes {fsync() * 1000:.2f} ms. Everything is on this machine's own "
        "loopback, the gateway is a stub, and there is no TLS.",
    ]


def fsync() -> float:
    """Return the seconds that it takes to append a page to a file and sync it, as a median."""
    with tempfile.TemporaryFile() as file:
        return statistics.median(_sync(file.fileno()) for _ in range(SYNCS))


def _sync(descriptor: int) -> float:
    began = time.monotonic()
    os.write(descriptor, b"\0" * 4096)
    os.fsync(descriptor)
    return time.monotonic() - began


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{pages * size / 2**30:.0f} GiB"


def _postgres() -> str:
    try:
        with psycopg.connect(POSTGRES) as server:
            return f"PostgreSQL {server.info.parameter_status('server_version')}".split(" (")[0]
    except psycopg.OperationalError:
        return "no PostgreSQL"
