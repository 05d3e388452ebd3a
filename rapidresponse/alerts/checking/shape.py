"""The shape of a text: its length, its loudness, and signs that belong to programs."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Braces and percent signs of templates, tags, mentions, escapes, and the marks for bold, italic,
# struck, hidden and fixed-width words that Signal reads.
PROGRAM = re.compile(
    r"[{}`*\\]|%[a-zA-Z(]|\$[({]|\|\||~\S|\S~|__|</?[a-zA-Z!]|&[a-zA-Z#]\w*;|(?<!\w)@\w|(?<!\w)#!"
    r"|(?<!\w)_\w[^_]*_(?!\w)|(?<![\w,])\[[^\]]*\]\("
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[^.!?;]+")
_LOUD = re.compile(r"[!¡]{2,}|!(?=[^!]*!)")
_SHORT = re.compile(r"(?<![\w.])[A-ZÑ]{2,6}(?![\w])")


@functools.cache
def tone() -> dict[str, Any]:
    """Return the rules of tone, which hold for notes and for the library alike."""
    return tomllib.loads(Path(__file__).with_name("tone.toml").read_text(encoding="utf-8"))


@functools.cache
def _capitals() -> frozenset[str]:
    return frozenset(" ".join(tone()["capitals"].values()).split())


@functools.cache
def _abbreviations() -> frozenset[str]:
    return frozenset(tone()["known"]["abbreviations"].split())


def programs(text: str) -> Iterator[str]:
    """Yield signs that a program would read as more than words."""
    yield from (match[0] for match in PROGRAM.finditer(text))


def shouts(text: str) -> bool:
    """Say whether a text is written in capitals where it need not be."""
    words = [word for word in _WORD.findall(text) if len(word) > 3 and word not in _capitals()]
    loud = [word for word in words if word.isupper()]
    return len(loud) >= 2 or (len(words) > 0 and len(loud) == len(words))


def exclaims(text: str) -> bool:
    """Say whether a text has more than one exclamation mark."""
    return bool(_LOUD.search(text))


def abbreviations(text: str) -> Iterator[str]:
    """Yield capital letters that a reader may not know."""
    if shouts(text):
        return
    yield from (m[0] for m in _SHORT.finditer(text) if m[0] not in _abbreviations() | _capitals())


def long_sentences(text: str) -> Iterator[str]:
    """Yield sentences that are too long to be read in a hurry."""
    for sentence in _SENTENCE.findall(text):
        if len(_WORD.findall(sentence)) > tone()["longest_sentence"]:
            yield sentence.strip()
