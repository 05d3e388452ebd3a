"""Street addresses with a house number; a street or a crossing alone is welcome."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from commons.detectors.folding import Folded

_SURE = (
    "st|street|ave|avenue|blvd|boulevard|rd|road|ln|lane|hwy|highway|pkwy|parkway|dr|broadway"
    "|terrace|cir"
)
_ENGLISH = f"{_SURE}|drive|court|ct|place|pl|way|ter|circle|trail|alley|square|walk|row|loop"
_VIA = (
    "calle|c/|avenida|avda|av|ave|bulevar|boulevard|blvd|camino|carretera|paseo|calzada|callejon"
    "|privada|priv|pasaje|andador|cerrada|prolongacion|circuito"
)
_HOUSE = r"(?<![a-z0-9:.,/$#-])(\d{1,6})(?: ?1/[234])?(?:[ -]?[a-d](?![a-z]))?"
_POINT = r"(?:[nsew]{1,2}|north|south|east|west|norte|sur|este|oeste)"
_WORD = r"(?:[a-z][a-zñ'-]{0,20}|\d{1,3}(?:st|nd|rd|th))"
_EN = re.compile(rf"{_HOUSE},? ((?:{_WORD}\.? ){{1,4}}?)({_ENGLISH})(?![a-z])")
_EN_BROADWAY = re.compile(rf"{_HOUSE} (?:{_POINT}\.? )?broadway(?![a-z])")

_NOT_NAME = (
    "a|al|las?|y|o|con|entre|en|hacia|desde|hasta|esquina|cerca|frente|enfrente|por|para|que|hay"
    "|se|es|esta|estan|como|sin|son|vi|van|va|no|num|numero|antes|despues|unos|unas|mas"
)
_NAME = rf"(?!(?:{_NOT_NAME})(?![a-zñ]))[a-zñ][a-zñ'-]{{0,20}}"
_OF = r"(?:de las? |de los |del |de |las? |los |el )?"
_MARK = r"(?:#|no\.?°?|n\.?°|num\.?|numero|nro\.?)"
_ES = re.compile(
    rf"(?<![a-z0-9ñ])(?:{_VIA})\.? {_OF}(?:{_NAME}|\d{{1,3}} de {_NAME})(?:\.? {_NAME}){{0,4}}?"
    rf"(,? ?{_MARK} ?|, ?| )(\d{{1,6}})(?:[ -]?[a-d](?![a-z]))?(?![\d:%]|[.,]\d)"
)
_ES_NUMBERED = re.compile(rf"(?<![a-z0-9ñ])(?:{_VIA})\.? \d{{1,3}}[a-z]?,? {_MARK} ?\d{{1,6}}")
_ES_FIRST = re.compile(rf"{_HOUSE},? (?:de (?:la |el )?)?(?:{_VIA})\.? {_OF}({_NAME}|\d{{1,3}})")
_PART = re.compile(
    r"(?<![a-z])(?:apt|apartment|apartamento|apto|departamento|depto|dpto|condo|trailer|lote?"
    r"|p\.? ?o\.? box|apartado postal)\.? ?(?:#|no\.?|num\.?|numero|number|is)? ?\d{1,5}[a-d]?"
    r"(?![a-z\d])"
    r"|(?<![a-z])(?:casa|house|home) ?(?:#|no\.|num\.?|numero|number) ?\d{1,6}(?!\d)"
)
# What may follow a house number; any other word in small letters makes it a count of things.
_AFTER = re.compile(
    r" ?(?:$|[^a-z ]|(?:apto?|apartamento|departamento|depto|dpto|int|interior|col|colonia|esquina"
    r"|y|e|o|entre|cerca|en|a|al|por|frente|altos|bajos|cp|los angeles|donde|con|esta|hay|antes|si)"
    r"(?![a-zñ]))"
)
_COUNTED_BEFORE = re.compile(
    r"(?<![a-z])(?:room|gate|bus|line|grade|route|exit|unit|door|zone|area|salon|puerta|ruta|linea"
    r"|grado|zona|camion|autobus|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|size|talla"
    r"|highway|hwy|carretera|a las|de las|las|at around|version|week|day|dia) $"
)
_ORDINARY = frozenset(
    tomllib.loads(Path(__file__).with_name("addresses.toml").read_text(encoding="utf-8"))[
        "ordinary"
    ].split()
)


def addresses(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield house numbers with their street, in the English and in the Spanish order."""
    plain = folded.plain
    for match in _EN.finditer(plain):
        if _is_english(folded, match):
            yield match.span()
    for match in _EN_BROADWAY.finditer(plain):
        if len(match[1]) > 2 and not _counted(plain, match):
            yield match.span()
    for match in _ES.finditer(plain):
        if _is_spanish(plain, match):
            yield match.span()
    for match in _ES_FIRST.finditer(plain):
        if len(match[1]) > 1 and not _counted(plain, match):
            yield match.span()
    for pattern in (_ES_NUMBERED, _PART):
        yield from (match.span() for match in pattern.finditer(plain))


def _counted(plain: str, match: re.Match[str]) -> bool:
    return bool(_COUNTED_BEFORE.search(plain[max(0, match.start() - 24) : match.start()]))


def _is_english(folded: Folded, match: re.Match[str]) -> bool:
    if _counted(folded.plain, match):
        return False
    words = match[2].replace(".", "").split()
    if _ORDINARY.intersection(words):
        return False
    written = folded.cased[match.start(2) : match.end(2)].split()
    if all(word[0].isupper() or word[0].isdigit() for word in written):
        return True
    counts_things = words[0].endswith("s") and len(match[1]) < 4 and len(words[0]) > 2
    sure = re.fullmatch(_SURE, match[3]) is not None
    return sure and len(words) < 3 and not counts_things


def _is_spanish(plain: str, match: re.Match[str]) -> bool:
    before, number = match[1], match[2]
    marked = len(before.strip(" ,")) > 0
    if marked or (_AFTER.match(plain, match.end()) and not _is_time(plain, match.end())):
        return marked or "," not in before or len(number) > 1
    return (
        len(number) > 2 and "," not in before and not re.match(r" ?de ", plain[match.end() :][:4])
    )


def _is_time(plain: str, end: int) -> bool:
    return bool(re.match(r" ?(?:am|pm|a\. ?m|p\. ?m|h|hrs)(?![a-z])", plain[end : end + 8]))
