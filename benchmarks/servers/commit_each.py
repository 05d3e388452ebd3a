"""B3's peer: a sender that commits each claim and each result on its own, as most do.

It sends as many side by side as our relay does. Its writes queue at a lock of the process,
where they wait in turn: SQLite's own waiting would let some starve.
"""

from __future__ import annotations

import os
import threading
import time

import app
from benchmarks.telephones import number
from commons.database import connection, transaction
from commons.messaging.gateway import Gateway
from commons.messaging.statements import run
from commons.settings import Settings

_CLAIM = """
UPDATE message SET state = 'sending' WHERE id = (
    SELECT id FROM message WHERE state = 'queued' ORDER BY priority, id LIMIT 1
) RETURNING id
"""
_SENT = "UPDATE message SET state = 'sent' WHERE id = ?"
_writing = threading.Lock()


def main() -> None:
    """Send until the process is ended."""
    settings = Settings.from_environment(os.environ)
    app.compose(settings)
    gateway = Gateway(settings.gateway_url, settings.gateway_account)

    def work() -> None:
        while True:
            taken = _claim()
            if taken is None:
                time.sleep(0.005)
                continue
            # The stub only counts recipients: a made-up number for each is enough.
            gateway.send(number(taken), "A message.")
            with _writing, connection(), transaction():
                run(_SENT, taken)

    for _ in range(settings.in_flight - 1):
        threading.Thread(target=work, daemon=True).start()
    work()


def _claim() -> int | None:
    with connection():
        # Asked before the lock, so that whoever idles keeps nobody from writing.
        if run("SELECT 1 FROM message WHERE state = 'queued' LIMIT 1").fetchone() is None:
            return None
        with _writing, transaction():
            row = run(_CLAIM).fetchone()
    return None if row is None else int(row[0])


if __name__ == "__main__":
    main()
