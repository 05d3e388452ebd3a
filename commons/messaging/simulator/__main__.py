"""Runs the simulator: `python -m commons.messaging.simulator --port 8090`."""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from .settings import MODES, PROFILES
from .simulator import ACCOUNT, Simulator


def parser() -> argparse.ArgumentParser:
    """The command line's options."""
    options = argparse.ArgumentParser(prog="simulator", description=__doc__)
    options.add_argument("--port", type=int, default=8090)
    options.add_argument(
        "--account", action="append", help="the gateway's own number; may be repeated"
    )
    options.add_argument("--profile", choices=PROFILES, default="head")
    options.add_argument("--mode", choices=MODES, default="json-rpc")
    options.add_argument("--webhook-url", default="", help="where received things are posted to")
    options.add_argument("--state", default=None, help="a file that keeps phones and messages")
    options.add_argument("--phones", type=Path, help="a JSON list of phones to begin with")
    options.add_argument("--app-url", default="", help="the product's own address, for a link")
    options.add_argument("--latency-ms", type=float, default=0.0, help="spent per recipient")
    options.add_argument("--seed", type=int, default=1, help="decides every random choice")
    return options


def main() -> int:
    """Serve until SIGTERM or SIGINT; says nothing but errors."""
    given = parser().parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    simulator = Simulator(
        profile=given.profile,
        mode=given.mode,
        account=given.account or ACCOUNT,
        port=given.port,
        webhook_url=given.webhook_url,
        app_url=given.app_url,
        state_file=given.state,
        seed=given.seed,
        latency_ms=given.latency_ms,
    )
    if given.phones and given.phones.is_file():
        for phone in json.loads(given.phones.read_text(encoding="utf-8")):
            simulator.state.put_phone(phone)
    try:
        simulator.start()
    except (OSError, sqlite3.Error) as error:
        sys.stderr.write(f"The simulator cannot start on port {given.port}: {error}\n")
        return 1
    ended.wait()
    simulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
