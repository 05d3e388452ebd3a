"""Numbers that stand for a person, a car or a place: documents, plates and coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commons.detectors.folding import Folded
from commons.detectors.phones import phones

_EDGE = r"(?<![a-z0-9])"
_NUMBER_WORD = r"(?:number|numero|num|no|nr|n|nro)?[ .:#°]{0,3}"
_PAPER = (
    r"(?:i-?94|exp|case|docket|file|receipt|alien|passport|pasaporte|visa|green card"
    r"|social security|ssn|itin|driver'?s licen[cs]e|licen[cs]e"
    r"|id card|consular id|matricula consular|consular|curp|rfc|dui"
    r"|expediente|caso|folio|recibo|licencia|seguro social|credencial|ine|cedula|tarjeta verde"
    r"|warrant|subpoena|court order|orden(?: judicial)?|oficio|citatorio"
    r"|residencia|registro|uscis|booking|detainee|student id|id|identificacion)"
)
_DOCUMENT = re.compile(
    rf"{_EDGE}a ?(?:number|numero|num|no|#)?[ .:#-]{{0,3}}\d{{3}}[ .-]?\d{{3}}[ .-]?\d{{2,3}}(?!\d)"
    rf"|(?<![\d.,-])\d{{3}}[ .-]\d{{2}}[ .-]\d{{4}}(?![\d-])"
    rf"|{_EDGE}(?:ioe|eac|wac|lin|src|msc|nbc|ysc|tsc|vsc)[ -]?\d{{2}}[ -]?\d{{3}}[ -]?\d{{5}}"
    rf"|{_EDGE}(?:[a-z][ -]?\d{{7,8}}|[a-z]{{2}}[ -]?\d{{7}})(?![a-z0-9])"
    rf"|{_EDGE}[a-z]{{4}}[ -]?\d{{6}}[ -]?[hm][a-z]{{5}}[a-z0-9]\d(?![a-z0-9])"
    rf"|(?<!\d)\d{{8}}-\d(?!\d)"
)
_NAMED_DOCUMENT = re.compile(
    rf"{_EDGE}{_PAPER}(?: (?:de|del) [a-z]{{3,12}})?[ .:#]{{0,3}}(?:is|es|was|era)? ?{_NUMBER_WORD}"
    rf"(?:is|es|was|era|de|del|:)? ?(?:caso )?((?:[a-z]{{1,3}}[ -]?)?\d[a-z0-9:/-]{{2,20}}"
    rf"(?:[ -]\d{{2,6}}){{0,3}})"
)
_LONG = re.compile(r"(?<![\d.,$+])\d{8,}(?![\d.,]?\d)")
_COMPACT_DATE = re.compile(r"20[0-4]\d[01]\d[0-3]\d")

_PLATE_WORD = re.compile(
    rf"{_EDGE}(?:(?:licen[cs]e )?plates?|licence tags?|license tags?|tags?|placas?|matriculas?)"
    r"(?![a-z])(?:[ :#.]{0,3}(?:is|was|were|are|number|num|no|n°|reads?|says?|ending|ends?|in|with"
    r"|starts?|starting|seen|es|era|eran|son|dice|de|la|el|las|con|numero|termina|terminan|en|que|that|which"
    r"|empieza|empiezan|fue|°)(?![a-z])){0,5}[ :#.\"']{0,3}"
)
_PLATE_PARTS = re.compile(r"[A-Za-z0-9]{1,8}(?:[ ·-]?[A-Za-z0-9]{1,4}){0,7}")
_CALIFORNIA = re.compile(r"(?<![a-z0-9])\d[ -]?[a-z]{3}[ -]?\d{3}(?![a-z0-9])")

_DEGREES = r"\d{1,3}(?:[.,]\d{1,8})?"
_COORDINATES = re.compile(
    r"(?<![\d.])[+-]?\d{1,2}[.,]\d{4,12} ?°? ?[ns]?[ ,;/|]{1,4}[+-]?\d{1,3}[.,]\d{4,12}"
    r"(?: ?°? ?[eow](?![a-z]))?"
    rf"|(?<![\d.])\d{{1,2}}[.,]\d{{2,12}} ?°? ?[ns][ ,;/]{{1,3}}\d{{1,3}}[.,]\d{{2,12}} ?°? ?[eow]"
    r"|(?<![\d.])[+-]?\d{1,2}[.,]\d{2,12}[ ,;/]{1,3}-\d{2,3}[.,]\d{2,12}"
    rf"|{_EDGE}[ns] ?\d{{1,2}}[.,]\d{{2,12}} ?°?[ ,;/]{{1,4}}[eow] ?-?\d{{1,3}}[.,]\d{{2,12}}"
    rf"|(?<![\d.]){_DEGREES} ?(?:°|deg|grados)[^a-z\n]{{0,16}}[nsewo](?![a-z])"
    rf"|{_EDGE}(?:lat|latitude?|latitud|lon|long|lng|longitude?|longitud)[ .:=]{{0,3}}(?:es |is )?"
    rf"-?\d{{1,3}}[.,]\d{{1,12}}"
    r"|(?<![a-z0-9])[23456789cfghjmpqrvwx]{4,8}\+[23456789cfghjmpqrvwx]{2,3}(?![a-z0-9])"
    r"|///[a-zñ]{2,20}\.[a-zñ]{2,20}\.[a-zñ]{2,20}"
)


def documents(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield numbers of papers and cases, by their shape or by the word before them."""
    for match in _DOCUMENT.finditer(folded.plain):
        yield match.span()
    for match in _NAMED_DOCUMENT.finditer(folded.plain):
        if sum(sign.isdigit() for sign in match[1]) >= 4 and not _is_years(match[1]):
            yield match.span(1)
    long = [*_LONG.finditer(folded.plain)]
    telephones = {place for span in phones(folded) for place in range(*span)} if long else set()
    for match in long:
        if match.start() not in telephones and not _COMPACT_DATE.fullmatch(match[0]):
            yield match.span()


def _is_years(number: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d(?:[-/ ](?:19|20)?\d\d){0,2}", number))


def plates(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield licence plates, whole or in part, after a word for them; Californian ones anywhere."""
    for word in _PLATE_WORD.finditer(folded.plain):
        parts = _PLATE_PARTS.match(folded.cased, word.end())
        if parts:
            end = _plate_end(parts[0], word[0])
            if end:
                yield parts.start(), parts.start() + end
    for match in _CALIFORNIA.finditer(folded.plain):
        yield match.span()


def _plate_end(parts: str, word: str) -> int:
    """Return where the plate ends within the parts that follow its word; 0 if it is none."""
    ends = [match.end() for match in re.finditer(r"[A-Za-z0-9]+(?![A-Za-z0-9])", parts)]
    for end in reversed(ends):
        if _is_plate(parts[:end], word):
            return end
    return 0


def _is_plate(written: str, word: str) -> bool:
    signs = re.sub(r"[^A-Za-z0-9]", "", written)
    digits = sum(sign.isdigit() for sign in signs)
    if len(signs) > 8 or not digits:
        return False
    pieces = re.split(r"[ ·-]", written)
    if digits == len(signs):
        partly = re.search(r"(?<![a-z])(?:end|termina|empieza|start)", word) and digits >= 2
        return bool(partly) or (digits >= 5 and not _is_years(written))
    if any(
        piece.isalpha() and not piece.isupper() and len(piece) not in (1, 3) for piece in pieces
    ):
        return False
    spaced = len(signs) > 4 and len(pieces) == len(signs)
    mixed = any(not piece.isalpha() and not piece.isdigit() for piece in pieces)
    shout = all(piece.isupper() for piece in pieces if not piece.isdigit())
    return len(signs) >= 3 and (spaced or shout or mixed or (digits >= 3 and pieces[0].isalpha()))


def coordinates(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield points on a map: decimal, in degrees, as an open location code or in three words."""
    yield from (match.span() for match in _COORDINATES.finditer(folded.plain))
