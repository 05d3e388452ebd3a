"""Names beside words for children and their families; the word alone is welcome."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from commons.detectors.folding import Folded

_DATA = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
_FIRST = frozenset(" ".join(_DATA["first_names"]).split())
_NEVER = frozenset(" ".join(_DATA["never_names"]).split())
_CHILD = "|".join(" ".join(_DATA["children"]).split())
_FAMILY = "|".join(" ".join(_DATA["family"]).split())
_PLURAL = "|".join(" ".join(_DATA["plurals"]).split())
_KIN = f"(?:{_CHILD}|{_FAMILY})"
_OWNER = r"(?:my|his|her|their|our|your|the|a|mi|su|tu|la|el|una?|nuestr[oa]|este|esta|this|that)"
_EDGE, _END = r"(?<![a-z0-9ñ'])", r"(?![a-z0-9ñ])"

_NAME = re.compile(r"[A-Za-zÑñ][A-Za-zÑñ'-]{1,20}")
_MORE = re.compile(r"(?: (?:de la |de los |del |de |y |and )?([A-ZÑ][A-Za-zÑñ'-]{1,20})){1,3}")
_AFTER_KIN = re.compile(
    rf"{_EDGE}({_OWNER} )?(?:[a-zñ]{{3,12}} )?({_KIN}|{_PLURAL}){_END}"
    r"( (?:is |was )?(?:named|called)|(?:'s| whose) name is| (?:que )?se llaman?| llamad[oa]s?"
    r"| de nombre| (?:is|es)|,|:| -| of| de)? "
)
_BEFORE_KIN = re.compile(
    rf"{_EDGE}([a-zñ][a-zñ-]{{1,20}})(?: ([a-zñ][a-zñ-]{{1,20}}))?'s? (?:[a-zñ]{{3,9}} )?"
    rf"{_KIN}{_END}"
)
_IS_KIN = re.compile(
    rf"{_EDGE}([a-zñ][a-zñ-]{{1,20}})(?: ([a-zñ][a-zñ-]{{1,20}}))?(?:,| is| es|, who is) "
    rf"({_OWNER}) (?:[a-zñ]{{3,12}} )?{_KIN}{_END}"
)
_AGED = re.compile(
    rf"{_EDGE}([a-zñ][a-zñ-]{{1,20}})(?: ([a-zñ][a-zñ-]{{1,20}}))?,? "
    r"(?:\(?(?:is |tiene |de |aged? |edad )?\d{1,2}(?: ?-?years?[ -]old| ?anos| ?años| ?yo|\))"
    r"|(?:aged?|edad) \d{1,2})(?![a-z0-9])"
)


def is_first_name(word: str) -> bool:
    """Return whether a word, in small letters and without accents, is a usual first name."""
    return word in _FIRST


def is_never_name(word: str) -> bool:
    """Return whether a word, written as above, is an ordinary one whatever its first letter."""
    return word in _NEVER


def children(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield names that stand beside a word for a child or a relative, with that word."""
    yield from _after(folded)
    yield from _before(folded)


def _after(folded: Folded) -> Iterator[tuple[int, int]]:
    for match in _AFTER_KIN.finditer(folded.plain):
        name = _NAME.match(folded.cased, match.end())
        if not name:
            continue
        link = (match[3] or "").strip()
        plural = re.fullmatch(_PLURAL, match[2]) is not None
        if plural and link in ("of", "de", "is", "es", ","):
            continue
        if link in (",", "-") and not match[1]:
            continue
        shouted = folded.cased[match.start(2) : match.end(2)].isupper()
        if _is_name(name[0], cased=not shouted):
            more = _MORE.match(folded.cased, name.end()) if name[0][0].isupper() else None
            yield match.start(), more.end() if more else name.end()


def _before(folded: Folded) -> Iterator[tuple[int, int]]:
    for pattern in (_BEFORE_KIN, _IS_KIN, _AGED):
        for match in pattern.finditer(folded.plain):
            known = any(_is_first(word) for word in (match[1], match[2]) if word)
            if known or (pattern is not _AGED and _is_capital(folded, match)):
                yield match.span()


def _is_capital(folded: Folded, match: re.Match[str]) -> bool:
    group = 2 if match[2] else 1
    if match[2] and not folded.cased[match.start(2)].isupper():
        return False
    if match.re is _IS_KIN and match[3] in ("the", "a", "la", "el", "un", "una") and not match[2]:
        return False
    word = folded.cased[match.start(group) : match.end(group)]
    return _is_name(word, cased=not word.isupper())


def _is_first(word: str) -> bool:
    return word.lower() in _FIRST


def _is_name(word: str, *, cased: bool) -> bool:
    low = word.lower().removesuffix("'s")
    if low in _NEVER:
        return False
    return low in _FIRST or (cased and word[0].isupper() and not (word.isupper() and len(word) < 5))
