"""Codes that people copy from a page or from paper, in letters and digits without look-alikes."""

from __future__ import annotations

import re
import secrets
import unicodedata

from commons.messaging.words import read_code

# Without 0, 1, I, L and O.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PAGE_LENGTH = 6
PAPER_LENGTH = 24
CHOICES = 3
_DASHES = {"Pd", "Zs", "Cc", "Cf"}  # with spaces, and marks that cannot be seen
_LETTERS = frozenset(ALPHABET)


def page_code() -> str:
    """Return a new code for a page, which no alert's code looks like."""
    while True:
        code = _random(PAGE_LENGTH)
        if _is_page_code(code):
            return code


def read_page_code(text: str) -> str | None:
    """Return the code that a whole message is, in whatever case, width or grouping, or None."""
    if len(text) > 4 * PAGE_LENGTH:
        return None
    code = _plain(text)
    return code if _is_page_code(code) else None


def paper_code() -> str:
    """Return a new code for a sheet: 118 random bits in groups of four."""
    code = _random(PAPER_LENGTH)
    return "-".join(code[start : start + 4] for start in range(0, PAPER_LENGTH, 4))


def read_paper_code(text: str) -> str | None:
    """Return a sheet's code as it is hashed, or None for what cannot be one."""
    if len(text) > 4 * PAPER_LENGTH:
        return None
    code = _plain(text)
    return code if len(code) == PAPER_LENGTH and set(code) <= _LETTERS else None


def numbers() -> list[str]:
    """Return three different two-digit numbers; the first is the page's."""
    return [str(n) for n in secrets.SystemRandom().sample(range(10, 100), CHOICES)]


def shuffled(found: list[str]) -> list[str]:
    """Return the numbers in an order that tells nothing."""
    return secrets.SystemRandom().sample(found, len(found))


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _plain(text: str) -> str:
    whole = unicodedata.normalize("NFKC", text).upper()
    kept = (char for char in whole if unicodedata.category(char) not in _DASHES)
    return "".join(str(unicodedata.decimal(char, char)) for char in kept)


def _is_page_code(code: str) -> bool:
    if len(code) != PAGE_LENGTH or not set(code) <= _LETTERS:
        return False
    if not re.search(r"[0-9]", code) or not re.search(r"[A-Z]", code):
        return False
    # An alert's code must not be seen in it, in one piece or in two halves.
    return not read_code(code) and not read_code(f"{code[:3]} {code[3:]}")
