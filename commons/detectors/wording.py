"""Words about status and origin, and words that send people into harm; negations are heard."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from commons.detectors.folding import Folded

_EDGE, _END = r"(?<![a-z0-9ñ])", r"(?![a-z0-9ñ])"
_SENTENCE = re.compile(r"[.!?;\n]|(?<![a-zñ])(?:but|pero|sino|instead|however|en cambio)(?![a-zñ])")
_WORD = re.compile(r"[a-z0-9ñ']+")
_NEAR = 60  # signs before and after a match that may excuse it


def _load(name: str) -> dict[str, list[str]]:
    data: dict[str, list[str]] = tomllib.loads(
        Path(__file__).with_name(name).read_text(encoding="utf-8")
    )
    return data


def _any(patterns: Sequence[str], names: dict[str, str], before: str = _EDGE) -> re.Pattern[str]:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    for name, value in names.items():
        joined = joined.replace(f"<{name}>", f"(?:{value})")
    return re.compile(f"{before}(?:{joined}){_END}")


_STATUS = _load("status.toml")
_ACTION = _load("action.toml")
_STATUS_NAMES = {name: "|".join(_STATUS[name]) for name in ("country", "origin", "person")}
_ACTION_NAMES = {name: "|".join(_ACTION[name]) for name in ("object", "school", "them")}

_STATUS_WORDS = _any(_STATUS["found"], _STATUS_NAMES)
_STATUS_BEFORE = re.compile(rf"{_EDGE}(?:{'|'.join(_STATUS['welcome_before'])}) $")
_STATUS_AFTER = re.compile(rf"\W{{0,2}}(?:{'|'.join(_STATUS['welcome_after'])}){_END}")
_ACTION_WORDS = _any(_ACTION["found"], _ACTION_NAMES)
_ACTION_BEFORE = re.compile(rf"{_EDGE}(?:{'|'.join(_ACTION['welcome_before'])}) $")
_BLOCK_BEFORE = re.compile(rf"{_EDGE}(?:{'|'.join(_ACTION['block_before'])}) $")
_ACTION_AFTER = re.compile(rf"[ -](?:{'|'.join(_ACTION['welcome_after'])}){_END}")
_NOT = re.compile(rf"{_EDGE}(?:{'|'.join(_ACTION['negations'])}){_END}")
_BREAKS_NOT = re.compile(rf"[,:]|{_EDGE}(?:{'|'.join(_ACTION['breaks_negation'])}){_END}")
_LINK = re.compile(rf"{_EDGE}(?:or|nor|ni|o|u){_END}")


def statuses(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield words about immigration status, citizenship, nationality or country of birth."""
    for match in _STATUS_WORDS.finditer(folded.plain):
        before = folded.plain[max(0, match.start() - _NEAR) : match.start()]
        after = folded.plain[match.end() : match.end() + _NEAR]
        if not _STATUS_BEFORE.search(before) and not _STATUS_AFTER.match(after):
            yield match.span()


def actions(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield words that ask to hide, flee, block, chase, confront or come to the school.

    "Do not block, chase or confront" asks for the contrary and is left alone.
    """
    plain, told = folded.plain, told_not_to(folded, _ACTION_WORDS)
    for match in _ACTION_WORDS.finditer(plain):
        before = plain[max(0, match.start() - _NEAR) : match.start()]
        excused = _ACTION_BEFORE.search(before) or _ACTION_AFTER.match(plain, match.end())
        street = match[0].startswith("block") and _BLOCK_BEFORE.search(before)
        if not excused and not street and match.start() not in told:
            yield match.span()


def told_not_to(folded: Folded, words: re.Pattern[str]) -> set[int]:
    """Return where the words stand that a negation before them covers."""
    covered: set[int] = set()
    chain: list[re.Match[str]] = []
    for match in [*words.finditer(folded.plain), None]:
        gap = _gap(folded, chain[-1], match) if chain and match else ""
        if chain and (match is None or not _continues(gap)):
            covered |= _covered(folded, chain)
            chain = []
        if match:
            chain.append(match)
    return covered


def _gap(folded: Folded, earlier: re.Match[str], later: re.Match[str]) -> str:
    # A full stop or a line break ends what a negation covers.
    return folded.cased[earlier.end() : later.start()].lower()


def _continues(gap: str) -> bool:
    linked = "," in gap or bool(_LINK.search(gap))
    return linked and not _SENTENCE.search(gap) and len(_WORD.findall(gap)) <= 5


def _covered(folded: Folded, chain: Sequence[re.Match[str]]) -> set[int]:
    if not _is_negated(folded, chain[0]):
        return set()
    last_gap = _gap(folded, chain[-2], chain[-1]) if len(chain) > 1 else ""
    whole = bool(_LINK.search(last_gap))
    return {match.start() for match in (chain if whole else chain[:1])}


def _is_negated(folded: Folded, match: re.Match[str]) -> bool:
    before = folded.cased[max(0, match.start() - _NEAR) : match.start()].lower()
    sentence = _SENTENCE.split(before)[-1]
    found = list(_NOT.finditer(sentence))
    if not found:
        return False
    between = sentence[found[-1].end() :]
    return len(_WORD.findall(between)) <= 3 and not _BREAKS_NOT.search(between)
