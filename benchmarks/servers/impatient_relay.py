"""The relay as an installation runs it, but for how long it waits for a lost answer: two seconds.

Sixty are right for phones; a row that kills the relay twelve times cannot wait so long.
"""

from __future__ import annotations

import datetime as dt
import os

import app
from commons.messaging import command
from commons.messaging.gateway import Gateway
from commons.messaging.relay import Relay
from commons.settings import Settings

UNKNOWN_WAIT = dt.timedelta(seconds=2)


def main() -> None:
    """Run until the process is ended."""
    settings = Settings.from_environment(os.environ)
    app.compose(settings)
    gateway = Gateway(settings.gateway_url, settings.gateway_account)
    command.run(Relay(gateway, settings, app.REPLY_HANDLERS, app.JOBS, unknown_wait=UNKNOWN_WAIT))


if __name__ == "__main__":
    main()
