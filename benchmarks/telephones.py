"""Numbers that no telephone has."""

from __future__ import annotations


def number(n: int) -> str:
    """Return the n-th of 80,000 such numbers: 555-0100 to 555-0199 in every area code."""
    return f"+1{200 + n // 100 % 800}55501{n % 100:02d}"
