"""`relay run`, `relay once` and `relay status`, without the web framework."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Mapping, Sequence

from commons.errors import ConfigurationError, DomainError
from commons.messaging import doorbell
from commons.messaging.gateway import gateway_of
from commons.messaging.jobs import Job
from commons.messaging.relay import Relay
from commons.messaging.replies import Handler
from commons.messaging.status import lines, status
from commons.messaging.strangers import Doorkeeper, nobody
from commons.messaging.timers import Act
from commons.settings import Settings

log = logging.getLogger(__name__)
USAGE = "Say what the relay shall do: run, once or status."


def main(
    settings: Settings,
    handlers: Sequence[Handler],
    jobs: Sequence[Job],
    argv: Sequence[str],
    may_begin: Doorkeeper = nobody,
    acts: Mapping[str, Act] | None = None,
) -> int:
    """Do one of the relay's verbs after `compose`, and return the exit status."""
    verb = argv[0] if argv else ""
    if verb not in ("run", "once", "status") or len(argv) > 1:
        sys.stderr.write(USAGE + "\n")
        return 2
    if verb == "status":
        sys.stdout.write("\n".join(lines(status())) + "\n")
        return 0
    relay = Relay(gateway_of(settings), settings, handlers, jobs, may_begin=may_begin, acts=acts)
    try:
        if verb == "once":
            relay.once()
        else:
            run(relay)
    except (ConfigurationError, DomainError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def run(relay: Relay) -> None:
    """Run until SIGTERM or SIGINT, then finish what is under way."""
    stop = threading.Event()

    def ask_to_stop(*_: object) -> None:
        stop.set()
        doorbell.ring()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    log.info("The relay is running.")
    relay.run(stop)
    log.info("The relay has stopped.")
