"""The codes of invites: how they are made, shown, and read however somebody types them."""

from __future__ import annotations

import re
import secrets
import unicodedata

# Without 0, 1, I, O and Q, which people mistake for one another on paper.
ALPHABET = "23456789ABCDEFGHJKLMNPRSTUVWXYZ"
LENGTH = 8
_TYPED = re.compile(r"\w{4}[-\u2010-\u2015\u2212]?\w{4}")


def make() -> str:
    """Return a new code, with a letter and a digit in it so that it is never a word or a year."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _mixed(code):
            return code


def shown(code: str) -> str:
    """Return a code as people read it: LUZ7-K4MP."""
    return f"{code[:4]}-{code[4:]}"


def read(text: str) -> str | None:
    """Return the code that the whole text is, whatever its case, dash, width and digits.

    None when it is none; whether such an invite exists is not asked.
    """
    wide = unicodedata.normalize("NFKC", text)
    typed = "".join(c for c in wide if unicodedata.category(c) != "Cf").strip(" .,:;!\"'“”«»()[]")
    if not _TYPED.fullmatch(re.sub(r"\s*([-\u2010-\u2015\u2212])\s*", r"\1", typed)):
        return None
    code = "".join(_character(c) for c in typed if c.isalnum())
    return code if set(code) <= set(ALPHABET) and _mixed(code) else None


def _character(typed: str) -> str:
    return str(unicodedata.decimal(typed, "")) or typed.upper()


def _mixed(code: str) -> bool:
    return any(c.isdigit() for c in code) and any(c.isalpha() for c in code)
