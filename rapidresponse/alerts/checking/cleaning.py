"""Cleaning: one plain line out of whatever was typed or pasted."""

from __future__ import annotations

import functools
import re
import unicodedata

_JOINERS = "\u200c\u200d"
_SPACES = re.compile(r"\s+")
# Letters of scripts that are written joined, or whose words need a joiner inside: Arabic and
# Persian, Syriac, N'Ko, and the scripts of India and their neighbours.
_JOINED = re.compile(
    "[\u0620-\u074f\u0750-\u077f\u0780-\u07ff\u0840-\u085f\u08a0-\u08ff\u0900-\u0dff\u1000-\u109f"
    "\u1780-\u17ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]"
)
_EMOJI_VARIATION = "\ufe0e\ufe0f"
_DROPPED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_MARKS = frozenset(("Mn", "Mc", "Me"))
# Stand-ins for mentions and pictures, and letters that are seen by nobody.
_UNSEEN = frozenset("\ufffc\ufffd\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u2800")


def clean(text: str) -> str:
    """Return the text as one line of plain signs: composed, without hidden or turning signs."""
    before = None
    # Dropping a sign may bring together letters that compose, or joiners that then stand alone.
    while text != before:
        before, text = text, _once(text)
    return text


def _once(text: str) -> str:
    spaced = "".join(" " if _is_break(sign) else sign for sign in text)
    kept = [sign for sign in spaced if sign in _JOINERS or not _is_hidden(sign)]
    joined = (
        sign
        for place, sign in enumerate(kept)
        if sign not in _JOINERS or _between_letters(kept, place)
    )
    return _SPACES.sub(" ", unicodedata.normalize("NFC", "".join(joined))).strip()


@functools.lru_cache(maxsize=4096)
def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _DROPPED or sign in _UNSEEN or sign in _EMOJI_VARIATION


def _is_break(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Zl", "Zp", "Zs") or sign == "\x1f"


def _between_letters(signs: list[str], place: int) -> bool:
    before = place - 1
    while before >= 0 and unicodedata.category(signs[before]) in _MARKS:
        before -= 1
    after = place + 1
    return (
        before >= 0
        and after < len(signs)
        and bool(_JOINED.match(signs[before]) and _JOINED.match(signs[after]))
    )
