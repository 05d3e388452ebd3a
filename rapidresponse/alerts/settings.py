"""What the installation tells the alerts; set once by the composition root."""

from __future__ import annotations

_demonstration = False


def use(*, demonstration: bool) -> None:
    """Say whether this installation is the demonstration, whose texts nobody has reviewed."""
    global _demonstration
    _demonstration = demonstration


def demonstration() -> bool:
    """Return whether texts say DEMONSTRATION and may go out unreviewed (I16)."""
    return _demonstration
