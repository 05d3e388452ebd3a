"""What the relay says by itself: one text a language, which somebody must have read (I16)."""

from __future__ import annotations

import functools
import hashlib
import json

from commons.messaging import words
from rapidresponse.alerts.models import TextReview

KEY = "relay"
# What somebody has read once stays read: these words are files, and change with a new version.
_known: set[tuple[str, str]] = set()


@functools.cache
def phrases_hash(locale: str) -> str:
    """Return the hash of all phrases of a language."""
    content = json.dumps(dict(words.written(locale).phrases), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def reviewed(locale: str) -> bool:
    """Return whether somebody, at any site, has read what the relay says in this language."""
    at = (locale, phrases_hash(locale))
    if words.written(locale).reviewed or at in _known:
        return True
    found = TextReview.select().where(
        TextReview.key == KEY, TextReview.language == locale, TextReview.words_hash == at[1]
    )
    if found.exists():
        _known.add(at)
        return True
    return False


def forget() -> None:
    """Ask the database anew, as another database needs it."""
    _known.clear()
