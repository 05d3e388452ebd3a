"""Python's garbage collector, out of the way of whoever makes thousands of objects at once."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Make many rows without the collector looking through all of them again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def keep() -> None:
    """Never look again through what exists now: all that a start has loaded stays to the end."""
    gc.freeze()
