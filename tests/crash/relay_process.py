"""A relay in a process of its own that a test can kill; `flaw` plants a bad one."""

from __future__ import annotations

import datetime as dt
import os
import sys

from commons import crypto, database
from commons.messaging import claims, command, doorbell
from commons.messaging.gateway import Gateway
from commons.messaging.models import Message, MessageState
from commons.messaging.relay import Relay
from commons.settings import Settings


def mark_sent_first() -> None:
    """Plant Healthchecks' order: written down as sent before it is handed over."""
    take = claims.Claims.claim

    def claim(self: claims.Claims, *given: object):  # type: ignore[no-untyped-def]
        errands, dropped = take(self, *given)  # type: ignore[arg-type]
        ids = [errand.id for errand in errands]
        Message.update(state=MessageState.SENT).where(Message.id.in_(ids)).execute()
        return errands, dropped

    claims.Claims.claim = claim  # type: ignore[method-assign]


def no_claim() -> None:
    """Plant a loop that sends and only then writes: a crash forgets what has gone."""
    take = claims.Claims.claim

    def claim(self: claims.Claims, *given: object):  # type: ignore[no-untyped-def]
        errands, dropped = take(self, *given)  # type: ignore[arg-type]
        ids = [errand.id for errand in errands]
        Message.update(state=MessageState.QUEUED).where(Message.id.in_(ids)).execute()
        return errands, dropped

    claims.Claims.claim = claim  # type: ignore[method-assign]


FLAWS = {"": lambda: None, "mark_sent_first": mark_sent_first, "no_claim": no_claim}


def main(flaw: str, wait: float) -> None:
    settings = Settings.from_environment(os.environ)
    crypto.use(settings.keys)
    doorbell.use(settings.doorbell)
    database.open_database(settings)
    FLAWS[flaw]()
    gateway = Gateway(settings.gateway_url, settings.gateway_account)
    command.run(Relay(gateway, settings, unknown_wait=dt.timedelta(seconds=wait)))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
