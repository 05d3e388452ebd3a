"""B1's peer: a sender that looks into the same queue every two seconds, as Healthchecks does.

It marks a message before it sends it, one after another, and sleeps once nothing is due; it
wakes at whole multiples of its pause, so that a press can be placed anywhere in between.
"""

from __future__ import annotations

import os
import time

import app
from commons.database import connection, transaction
from commons.messaging.gateway import Gateway
from commons.messaging.models import Message, MessageState
from commons.messaging.statements import run
from commons.roster.models import ContactMethod
from commons.settings import Settings

PAUSE = 2.0
_NEXT = "SELECT id, method_id FROM message WHERE state = 'queued' ORDER BY priority, id LIMIT 1"


def send_next(gateway: Gateway) -> bool:
    """Send the most urgent message; return whether there was one."""
    with connection():
        with transaction():
            row = run(_NEXT).fetchone()
            if row is None:
                return False
            Message.update(state=MessageState.SENT).where(Message.id == row[0]).execute()
        number = ContactMethod.get_by_id(row[1]).reveal("value")
    gateway.send(number, "A message.")
    return True


def main() -> None:
    """Send until the process is ended."""
    settings = Settings.from_environment(os.environ)
    app.compose(settings)
    gateway = Gateway(settings.gateway_url, settings.gateway_account)
    while True:
        if not send_next(gateway):
            time.sleep(PAUSE - time.monotonic() % PAUSE)


if __name__ == "__main__":
    main()
