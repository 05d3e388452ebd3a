"""Telephone numbers: in digits, in words, or in both, in groups of any size."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.detectors.folding import Folded

_WORDS: dict[str, int] = tomllib.loads(
    Path(__file__).with_name("numbers.toml").read_text(encoding="utf-8")
)
_TOKEN = re.compile(r"[0-9][0-9oli]*|[oil][0-9oli]*[0-9][0-9oli]*|[a-zñ]+")
_LETTERS = str.maketrans("oli", "011")
_GAP = re.compile(r"[ .\-()\[\]/,;*+·•~:_|'\"&=<>]{0,6}")
_LOOSE = re.compile(r"[,;/]")
_SPELT_SIGNS = frozenset(
    ["dash", "guion", "hyphen", "dot", "punto", "coma", "comma", "space", "espacio"]
)
_TIMES = {"double": 2, "doble": 2, "triple": 3}
_TELEPHONE = re.compile(
    r"(?<![a-z])(?:(?:tele)?phones?|telefonos?|tel|cell?|celular(?:es)?|mobile|movil|fax|calls?"
    r"|text(?:s|ing)?|ring|dial|whats?app|sms|llam[a-z]{1,8}|marqu?[a-z]{1,8}|contact[a-z]{0,6}"
    r"|numeros?|numbers?|recados|mensajes? al?)(?![a-z])[^0-9]{0,24}$"
)
_ABROAD = re.compile(r"(?:\+ ?\(?|(?<!\d)00 ?)\Z")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([/.-])\d{1,2}\1\d{1,2}|\d{1,2}([/.-])\d{1,2}\2(?:19|20)?\d\d"
    r"|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d|20[0-4]\d[01]\d[0-3]\d)(?!\d)"
)
_SHAPES = {
    (10,), (11,), (3, 3, 4), (1, 3, 3, 4), (3, 7), (1, 3, 7), (1, 10), (6, 4), (3, 3, 2, 2),
    (1, 3, 3, 2, 2), (2, 4, 4), (3, 4, 3),
}  # fmt: skip
_SHORT_SHAPES = {(3, 4), (7,), (3, 2, 2), (1,) * 7}
_LONGEST = 15  # digits, by the rules of the world's telephone numbers (E.164)


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that stand together; `loose` when a comma or a slash stands before them."""

    digits: str
    start: int
    end: int
    spoken: bool = False
    loose: bool = False


def phones(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield telephone numbers with their country's plus sign or bracket left out."""
    plain = _DATE.sub(lambda match: "\x00" * len(match[0]), folded.plain)
    for run in _runs(plain):
        first = 0
        while first < len(run):
            last = _last_of_number(plain, run, first)
            if last is not None:
                yield run[first].start, run[last].end
            first = first + 1 if last is None else last + 1


def _runs(plain: str) -> Iterator[list[Group]]:
    run: list[Group] = []
    end, factor = 0, 1  # where the last token of the run ends; what "double" asks for
    for token in _TOKEN.finditer(plain):
        word = token[0]
        if run and (word in _SPELT_SIGNS or (word == "y" and run[-1].spoken)):
            end = token.end()
            continue
        if word in _TIMES:
            factor = _TIMES[word]
            end = token.end() if run and _joins(plain[end : token.start()], run[-1]) else end
            continue
        digits = _digits(word)
        joined = bool(run) and _joins(plain[end : token.start()], run[-1])
        if run and (not digits or not joined):
            yield run
            run = []
        if digits:
            _append(run, plain, Group(digits * factor, *token.span(), not word[-1].isdigit()))
            end = token.end()
        factor = 1
    if run:
        yield run


def _digits(word: str) -> str:
    if word in _WORDS:
        return str(_WORDS[word])
    return word.translate(_LETTERS) if any(sign.isdigit() for sign in word) else ""


def _joins(gap: str, before: Group) -> bool:
    # 7:15 is a time; 213:555 is not.
    return bool(_GAP.fullmatch(gap)) and (":" not in gap or len(before.digits) > 2)


def _append(run: list[Group], plain: str, group: Group) -> None:
    before = run[-1] if run else None
    gap = plain[before.end : group.start] if before else ""
    if before and group.spoken and before.spoken and gap in (" ", "-", " y "):
        value, added = int(before.digits), int(group.digits)
        small = (value % 100 == 0 and value and added < 100) or (
            19 < value < 100 and value % 10 == 0 and 0 < added < 10
        )
        if group.digits == "100" and 0 < value < 10:
            run[-1] = Group(str(value * 100), before.start, group.end, True, before.loose)
            return
        if small:
            run[-1] = Group(str(value + added), before.start, group.end, True, before.loose)
            return
    loose = bool(_LOOSE.search(gap))
    run.append(Group(group.digits, group.start, group.end, group.spoken, loose))


def _last_of_number(plain: str, run: Sequence[Group], first: int) -> int | None:
    before = plain[max(0, run[first].start - 40) : run[first].start]
    if before.endswith(("$", "$ ")):
        return None
    digits, found, spoken = "", None, False
    for last in range(first, min(len(run), first + _LONGEST)):
        digits += run[last].digits
        if len(digits) > _LONGEST:
            break
        spoken = spoken or run[last].spoken
        if len(digits) > 6 and _is_number(before, run[first : last + 1], digits, spoken=spoken):
            found = last
            if len(digits) == 10 + (digits[0] == "1"):
                break
    return found


def _is_number(before: str, groups: Sequence[Group], digits: str, *, spoken: bool) -> bool:
    if _counts(groups):
        return False
    if len(digits) > 7 and _ABROAD.search(before):
        return True
    lengths = tuple([len(group.digits) for group in groups])
    loose = not spoken and any([group.loose for group in groups[1:]])
    if len(digits) >= 10 and _is_american(digits):
        return not loose or lengths in _SHAPES
    if loose:
        return False
    if len(digits) == 7 and digits[0] in "23456789":
        return lengths in _SHORT_SHAPES or spoken
    if lengths == (4, 4) and digits[0] in "2345678":
        return abs(int(digits[:4]) - int(digits[4:])) > 100
    return bool(_TELEPHONE.search(before))


def _is_american(digits: str) -> bool:
    local = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return len(local) == 10 and local[0] in "23456789" and local[3] in "23456789"


def _counts(groups: Sequence[Group]) -> bool:
    """Whether the groups count up or down by equal steps, as a list of rooms or grades does."""
    if len(groups) < 4:
        return False
    values = [int(group.digits) for group in groups]
    step = values[1] - values[0]
    pairs = itertools.pairwise(values)
    return step != 0 and all(later - earlier == step for earlier, later in pairs)
