"""Folding: one plain writing for many, with every sign's place in the text as it was given."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_SAME = str.maketrans(
    "º\u2212\u2044’‘‛`´′“”„″аеорсхуіѕјкмтнвАЕОРСХУІЅЈКМТНВ",
    "°-/''''''\"\"\"\"aeopcxyisjkmthbAEOPCXYISJKMTHB",
)
# "h i d e" and "h.i.d.e": four single letters or more, one sign between each.
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*]){3,}[^\W\d_](?![^\W_])")
_MARKS_KEPT = 2  # of the marks on one letter; a tower of them would cost time and says nothing


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in plain signs: `cased` as written, `plain` in small letters, of equal length."""

    given: str
    cased: str
    plain: str
    starts: list[int]
    ends: list[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the folded text stands in the text as it was given."""
        return self.starts[start], self.ends[end - 1]


def fold(given: str) -> Folded:
    """Return the text in plain signs: widths, accents, hidden signs and look-alikes are gone."""
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, cluster in _clusters(given):
        for sign in _plain(cluster):
            if sign in " \n" and signs and signs[-1] in " \n":
                signs[-1] = "\n" if sign == "\n" else signs[-1]
                continue
            signs.append(sign)
            starts.append(start)
            ends.append(end)
    return _without_gaps(given, "".join(signs), starts, ends)


def _clusters(given: str) -> list[tuple[int, int, str]]:
    clusters: list[tuple[int, int, str]] = []
    for place, sign in enumerate(given):
        category = _category(sign)
        if category in ("Mn", "Me", "Cf") and clusters:
            start, end, held = clusters[-1]
            add = sign if category == "Mn" and len(held) <= _MARKS_KEPT else ""
            clusters[-1] = (start, end if category == "Cf" else place + 1, held + add)
        elif category not in ("Mn", "Me", "Cf"):
            clusters.append((place, place + 1, sign))
    return clusters


@functools.lru_cache(maxsize=4096)
def _category(sign: str) -> str:
    return unicodedata.category(sign)


@functools.lru_cache(maxsize=4096)
def _plain(cluster: str) -> str:
    whole = unicodedata.normalize("NFKC", cluster.translate(_SAME)).translate(_SAME)
    return "".join(_plain_sign(sign) for sign in whole)


def _plain_sign(sign: str) -> str:
    if sign in _BREAKS:
        return "\n"
    if sign.isspace():
        return " "
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category in ("Mn", "Me", "Cf", "Cc", "Cs"):
        return ""
    if category == "Pd":
        return "-"
    return sign if sign in "ñÑ" else unicodedata.normalize("NFD", sign)[0].translate(_SAME)


def _without_gaps(given: str, cased: str, starts: list[int], ends: list[int]) -> Folded:
    keep = bytearray(b"\x01") * len(cased)
    for run in _SPACED.finditer(cased):
        keep[run.start() + 1 : run.end() : 2] = bytes(len(range(run.start() + 1, run.end(), 2)))
    if 0 in keep:
        kept = [place for place, held in enumerate(keep) if held]
        cased = "".join(cased[place] for place in kept)
        starts, ends = [starts[place] for place in kept], [ends[place] for place in kept]
    return Folded(given, cased, "".join(map(_small, cased)), starts, ends)


def _small(sign: str) -> str:
    low = sign.lower()
    if sign == "\n":
        return " "
    return low if len(low) == 1 else sign
