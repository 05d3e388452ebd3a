"""Running something in a process of its own or in this one, and how that ended."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from commons import effects

# A run that takes longer hangs: it is ended, and counts as a fault.
LONGEST = 60


def in_child(work: Callable[[], None], folder: Path) -> int:
    """Run something in a fork of this process, and return how it ended."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 1
    try:
        gc.disable()
        signal.alarm(LONGEST)
        work()
        status = 0
    except BaseException:
        (folder / "error").write_text(traceback.format_exc(limit=-8), encoding="utf-8")
    finally:
        sys.stderr.flush()
        os._exit(status)
    raise AssertionError("a child does not come back")


def in_here(work: Callable[[], None], folder: Path) -> int:
    """Run something in this process, and return how it ended, as a child would."""
    signal.signal(signal.SIGALRM, _hung)
    signal.alarm(LONGEST)
    try:
        work()
    except Exception:
        (folder / "error").write_text(traceback.format_exc(limit=-8), encoding="utf-8")
        return 1
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        effects.trace(None)
    return 0


def _hung(*_: object) -> None:
    raise TimeoutError(f"it hung for {LONGEST} seconds")


def why(status: int, folder: Path) -> list[str]:
    """Return what is wrong with how something ended; a kill is what was wanted."""
    if status in (0, -signal.SIGKILL):
        return []
    if status == -signal.SIGALRM:
        return [f"it hung for {LONGEST} seconds"]
    error = folder / "error"
    return [error.read_text(encoding="utf-8") if error.exists() else f"it ended with {status}"]
