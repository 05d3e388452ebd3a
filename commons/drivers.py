"""Imports Peewee without the PostgreSQL driver, which a start on SQLite would load in vain.

Peewee imports every driver it finds: 45 ms and 7 MiB for each process. `app.py` imports this
module before any other; `postgresql()` hands the driver in where it is wanted.
"""

from __future__ import annotations

import sys

if "peewee" not in sys.modules and "psycopg" not in sys.modules:
    # None makes the import fail as if the driver were not installed, which Peewee takes well.
    sys.modules["psycopg"] = None  # type: ignore[assignment]
    try:
        import peewee
    finally:
        del sys.modules["psycopg"]
else:
    import peewee


def postgresql() -> None:
    """Let Peewee have the driver of PostgreSQL, as if it had found it at once."""
    if peewee.psycopg is not None:
        return
    import psycopg
    from psycopg.pq import TransactionStatus
    from psycopg.types.json import Json, Jsonb

    peewee.TransactionStatus = TransactionStatus
    peewee.Json_pg3, peewee.Jsonb_pg3 = Json, Jsonb
    adapter = peewee.Psycopg3Adapter
    adapter.txn_idle = TransactionStatus.IDLE
    adapter.txn_inerror = TransactionStatus.INERROR
    adapter.txn_unknown = TransactionStatus.UNKNOWN
    # Last: whoever finds it set finds the rest as well.
    peewee.psycopg = psycopg
