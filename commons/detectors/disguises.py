"""Disguises: words with digits for letters, with gaps, or drawn out, read as they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commons.detectors.folding import Folded

_FIGURES = str.maketrans("04357@$", "oaestas")
_DISGUISED = re.compile(r"[a-z0-9@$!|ñ]*(?:[a-zñ][0-9@$!|]|[0-9@$!|][a-zñ])[a-z0-9@$!|ñ]*")
# "i c e", "I.C.E", "i-c-e": folding joins four letters and more; here two gaps are enough.
_GAPS = re.compile(r"(?<![a-z0-9ñ])[a-z0-9@$](?:[ .\-_*/|'+]{1,2}[a-z0-9@$]){2,}(?![a-z0-9ñ])")
_DRAWN = re.compile(r"([a-zñ])\1{2,}")


def disguises(folded: Folded) -> Iterator[Folded]:
    """Yield the text as a reader would understand it, where that differs from how it stands.

    Only words should be sought in these: the digits of numbers are letters here.
    """
    seen = {folded.plain}
    for ones, drawn in (("i", 1), ("l", 1), ("i", 2)):
        meant = _meant(folded, ones, drawn)
        if meant.plain not in seen:
            seen.add(meant.plain)
            yield meant


def _meant(folded: Folded, ones: str, drawn: int) -> Folded:
    plain = folded.plain
    keep = bytearray(b"\x01") * len(plain)
    for run in _GAPS.finditer(plain):
        for place in range(*run.span()):
            keep[place] = plain[place].isalnum() or plain[place] in "@$"
    places = [place for place, held in enumerate(keep) if held]
    joined = "".join(plain[place] for place in places)
    read = _DISGUISED.sub(lambda word: _letters(word[0], ones), joined)
    kept = _undrawn(read, drawn)
    places = [places[place] for place in kept]
    return Folded(
        folded.given,
        "".join(folded.cased[place] for place in places),
        "".join(read[place] for place in kept),
        [folded.starts[place] for place in places],
        [folded.ends[place] for place in places],
    )


def _letters(word: str, ones: str) -> str:
    if re.fullmatch(r"\d+[a-z]{1,2}[!|]*|[a-z]\d+[!|]*", word):  # 10am, 3rd, K7: as they stand
        return word if not re.fullmatch(r"1ce?|1[sn]|1t", word) else _read(word, ones)
    return _read(word, ones)


def _read(word: str, ones: str) -> str:
    tail = re.search(r"[!|]*$", word)
    end = tail.start() if tail else len(word)
    return word[:end].translate(_FIGURES).translate(str.maketrans("1!|", ones * 3)) + word[end:]


def _undrawn(text: str, held: int) -> list[int]:
    """Return which signs stay when of a letter drawn out only so many are held."""
    dropped = {
        place for run in _DRAWN.finditer(text) for place in range(run.start() + held, run.end())
    }
    return [place for place in range(len(text)) if place not in dropped]
