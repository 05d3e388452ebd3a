"""People's names in a text, as far as they can be told from places and ordinary words."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from commons.detectors.folding import Folded
from commons.detectors.names import is_first_name, is_never_name

_FILE = Path(__file__).with_name("people.toml")
_EDGE, _END = r"(?<![a-z0-9ñ'])", r"(?![a-z0-9ñ])"
_CAPITAL = r"[A-ZÑ][a-zñ]+(?:['-][A-ZÑ]?[a-zñ]+)*"
_RUN = re.compile(rf"(?<![\w'-]){_CAPITAL}(?: (?:(?:de la|de los|del|de) )?{_CAPITAL})*(?![\w])")
_WORD = re.compile(r"(?<![a-z0-9ñ'@])[a-zñ]+(?:-[a-zñ]+)*(?![a-z0-9ñ])")
# "The Castellanos twins", "la familia Manzanares", "last name okafor": a family by its name.
_HOUSE = re.compile(
    rf"{_EDGE}(?:(?:the|that|this|los|las) )?([a-zñ][a-zñ'-]+) (?:twins?|famil(?:y|ies)|kids?|boys?"
    r"|girls?|brothers?|sisters?|siblings|children|household|cousins|baby|mom|dad|mother|father"
    rf"|parents|grandma|gemel[oa]s|herman[oa]s){_END}(?! (?:night|day|room|center|picnic|literacy))"
)
_FAMILY = re.compile(
    rf"{_EDGE}(?:(?:the|a|el|un) (?:name|nombre) (?:of |de )?|famil(?:ia|y) (?:de )?(?:l[oa]s )?"
    r"|(?:niñ|herman|gemel|hij|prim|muchach)[oa]s? (?:de los )?|(?:de|con) los )"
    rf"([a-zñ][a-zñ'-]+){_END}"
)
_NAMED = re.compile(
    r"(?<![a-z0-9ñ])(?:last name(?:d)?|surname|first name|apellid(?:o|os|a|an)|de apellido"
    r"|(?:his|her|their|the) name(?:s)? (?:is|was|are)|name tag (?:says|reads|said)|se apellidan?"
    r"|se llaman?|(?:her|him|he|she) goes by|le dicen)(?: (?:is|was|of|es|like|as))? "
    rf"([a-zñ][a-zñ'-]+){_END}"
)
# "The neighbour across the street, Hollis, saw it" and "Hollis's car".
_APPOSED = re.compile(
    rf"{_EDGE}(?:neighbou?r|lady|man|woman|guy|aide|teacher|sub|parent|custodian|clerk|driver|guard"
    r"|officer|agent|mom|dad|vecin[oa]|señora?|maestr[oa]|conserje|guardia|chofer|muchach[oa]"
    rf"|mama|papa)(?: [a-z0-9ñ]+){{0,5}}, ([a-zñ][a-zñ'-]+)(?=,|\.| )"
)
_OWNER = re.compile(
    rf"{_EDGE}([a-zñ][a-zñ-]+)'s (?:car|truck|house|home|apartment|job|phone|room|class|classroom"
    rf"|desk|group|backpack|locker|email|work|place|shop|yard){_END}"
)
_OF = frozenset(("de", "la", "los", "del"))
_NEAR = 40
_BEGINS = re.compile(r"(?:^|[.!?:;\"(] ?)$")


@functools.cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@functools.cache
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(" ".join(lines).split()) for name, lines in _data()["words"].items()}


def _patterns() -> dict[str, list[str]]:
    return _data()["patterns"]


@functools.cache
def _titled() -> re.Pattern[str]:
    titles = "|".join((*_lists()["sure_titles"], *_lists()["titles"]))
    return re.compile(rf"{_EDGE}({titles})\.? ([a-zñ][a-zñ'-]{{1,20}}){_END}")


@functools.cache
def _says() -> re.Pattern[str]:
    """Return what may follow a name: the person did, said or saw something."""
    return re.compile(f"(?:{'|'.join(_patterns()['says'])}){_END}")


@functools.cache
def _are() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(_patterns()['are'])}){_END}")


@functools.cache
def _among() -> re.Pattern[str]:
    """Return what places somebody: "in 5B", "from the cafeteria", "del salón 3"."""
    return re.compile(f"(?:{'|'.join(_patterns()['among'])}){_END}")


@functools.cache
def _calls() -> re.Pattern[str]:
    """Return what may stand before a name: somebody is called, sought or taken."""
    return re.compile(f"{_EDGE}(?:{'|'.join(_patterns()['calls'])}) $")


def people(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield names of people: with a title, known ones, and what only looks like one."""
    yield from _with_titles(folded)
    yield from _known(folded)
    yield from _unknown(folded)
    yield from _by_family(folded)


def _with_titles(folded: Folded) -> Iterator[tuple[int, int]]:
    lists = _lists()
    for match in _titled().finditer(folded.plain):
        word = match[2].removesuffix("'s")
        first = folded.cased[match.start(2)]
        capital = first.isupper() and not folded.cased[match.start(2) : match.end(2)].isupper()
        if word in lists["ordinary"] or is_never_name(word) or word in lists["places"]:
            continue
        known = _is_known(word) or word in lists["surnames"]
        if known or capital or match[1] in lists["sure_titles"]:
            yield match.span()


def _by_family(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield what is said to be somebody's name, and capitalised names of whole families."""
    for pattern in (_HOUSE, _FAMILY, _NAMED, _APPOSED, _OWNER):
        for match in pattern.finditer(folded.plain):
            cased = folded.cased[match.start(1) : match.end(1)]
            capital = cased[0].isupper() and not cased.isupper()
            begins = _BEGINS.search(folded.plain[max(0, match.start(1) - _NEAR) : match.start(1)])
            if _is_plain(match[1]) or match[1] in _lists()["places"]:
                continue
            if pattern is _NAMED or (capital and (not begins or pattern is _OWNER)):
                yield match.span()


def _is_known(word: str) -> bool:
    lists = _lists()
    return (is_first_name(word) or word in lists["names"]) and word not in lists["doubtful"]


def _known(folded: Folded) -> Iterator[tuple[int, int]]:
    for match in _WORD.finditer(folded.plain):
        word = match[0]
        if _is_known(word) and not is_never_name(word) and not _in_a_place(folded, *match.span()):
            yield match.span()


def _in_a_place(folded: Folded, start: int, end: int) -> bool:
    """Say whether the words around a name make it a street, a school or a law."""
    places = _lists()["places"]
    run = next((r for r in _RUN.finditer(folded.cased) if r.start() <= start < r.end()), None)
    if run:
        start, end = run.span()
        if places.intersection(folded.plain[start:end].split()):
            return True
    before = folded.plain[max(0, start - 30) : start].split()
    after = folded.plain[end : end + 30].split()
    nearby = {*before[-1:], *after[:1]} - {"los", "las", "el", "la"}
    of = before[-2:-1] if before[-1:] in (["de"], ["la"], ["del"]) else []
    return bool(places.intersection({*nearby, *of}))


def _unknown(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield words that only their capital letters and their neighbours make names."""
    if _is_title_case(folded.cased):
        return
    for run in _RUN.finditer(folded.cased):
        start, begins = _begin(folded, *run.span())
        if _is_somebody(folded, start, run.end(), begins=begins):
            yield start, run.end()


def _begin(folded: Folded, start: int, end: int) -> tuple[int, bool]:
    """Return where a name may begin, and whether the sentence's capital letter is on it."""
    words = folded.plain[start:end].split()
    begins = bool(_BEGINS.search(folded.plain[max(0, start - _NEAR) : start]))
    if begins and len(words) > 1 and _is_plain(words[0]):
        return start + len(words[0]) + 1, False
    return start, begins


def _is_somebody(folded: Folded, start: int, end: int, *, begins: bool) -> bool:
    words = [word for word in folded.plain[start:end].split() if word not in _OF]
    if any(_is_plain(word) for word in words) or not words or _in_a_place(folded, start, end):
        return False
    before = folded.plain[max(0, start - _NEAR) : start]
    previous = before.split()[-1] if before.split() else ""
    whole = len(words) > 1 and previous not in _lists()["before_places"]
    inside = not begins and len(words[0]) > 2
    called = inside and (_calls().search(before) or _are().match(folded.plain, end))
    beside = inside and (previous in _lists()["before_people"] or _among().match(folded.plain, end))
    return bool(whole or called or beside or _says().match(folded.plain, end))


def _is_plain(word: str) -> bool:
    word = word.removesuffix("'s")
    return word in _lists()["ordinary"] or is_never_name(word)


def _is_title_case(cased: str) -> bool:
    words = re.findall(r"[A-Za-zÑñ]{3,}", cased)
    return len(words) > 4 and sum(word[0].isupper() for word in words) > 0.6 * len(words)
