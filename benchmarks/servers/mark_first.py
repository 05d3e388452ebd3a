"""B4's peer: a sender that marks messages as sent before it sends them, as many do.

It takes as many at once as our relay does, and sends as many side by side.
"""

from __future__ import annotations

import os
import queue
import threading
import time

import app
from benchmarks.telephones import number
from commons.database import connection, transaction
from commons.messaging.gateway import Gateway
from commons.messaging.statements import run
from commons.settings import Settings

_MARK = """
UPDATE message SET state = 'sent' WHERE id IN (
    SELECT id FROM message WHERE state = 'queued' ORDER BY priority, id LIMIT ?
) RETURNING id
"""


def main() -> None:
    """Send until the process is ended."""
    settings = Settings.from_environment(os.environ)
    app.compose(settings)
    gateway = Gateway(settings.gateway_url, settings.gateway_account)
    waiting: queue.Queue[str] = queue.Queue()

    def work() -> None:
        while True:
            gateway.send(waiting.get(), "A message.")
            waiting.task_done()

    for _ in range(settings.in_flight):
        threading.Thread(target=work, daemon=True).start()
    while True:
        taken = _mark(settings.in_flight * 3 // 2 - waiting.unfinished_tasks)
        for name in taken:
            waiting.put(name)
        if not taken:
            time.sleep(0.005)


def _mark(room: int) -> list[str]:
    """Mark so many messages as sent, and return a name for each of their recipients."""
    if room <= 0:
        return []
    with connection(), transaction():
        rows = run(_MARK, room).fetchall()
    # The stub only counts recipients: a made-up number for each is enough.
    return [number(row[0]) for row in rows]


if __name__ == "__main__":
    main()
