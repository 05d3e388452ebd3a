"""Ends the process groups named on its standard input when that input closes.

The supervisor holds the other end. Its end closes however the supervisor goes, kill -9
included, so nothing that it started can outlive it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 3.0


def alive(group: int) -> bool:
    """Say whether a process group still has a member."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, 0)
        return True
    return False


def signal_group(group: int, number: int) -> None:
    """Send a signal to a process group that may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def end(groups: Iterable[int], grace: float = GRACE_SECONDS) -> None:
    """Ask the groups to end, and after `grace` seconds end them."""
    groups = list(groups)
    for group in groups:
        signal_group(group, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(map(alive, groups)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        signal_group(group, signal.SIGKILL)


def read(lines: Iterable[str]) -> set[int]:
    """Return the groups that are left: `12` adds group 12, `-12` takes it away."""
    groups: set[int] = set()
    for line in lines:
        number = int(line)
        if number > 0:
            groups.add(number)
        else:
            groups.discard(-number)
    return groups


def main() -> None:
    """Wait for the end of standard input, then end what is left."""
    # Only the supervisor's own end counts, not a signal meant for it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end(read(sys.stdin))


if __name__ == "__main__":
    main()
