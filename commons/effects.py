"""Named moments at which a process touches the world outside it: database, gateway, files.

Nothing happens at a point unless a tracer was set, which only the crash-point harness does: it
kills the process there and looks at what is left. `tests/crash/test_doors.py` sees to it that
nothing touches the outside by another door.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_tracer: Callable[[str], None] | None = None


def point(name: str) -> None:
    """Pass a point with this name, such as `transaction.before-commit`."""
    if _tracer is not None:
        _tracer(name)


def trace(tracer: Callable[[str], None] | None) -> None:
    """Have the tracer called with the name of each point that is passed; None ends it."""
    global _tracer
    _tracer = tracer


def put_in_place(written: Path, target: Path) -> None:
    """Give a file that was written beside its target the target's name, whole or not at all."""
    point("file.before-rename")
    written.replace(target)
    point("file.renamed")
