"""What a place or a holiday may be called: public things, never a home and never a person."""

from __future__ import annotations

import re

from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l
from commons.sites.sheet import plain, tidy

NO_HOME = _l("This looks like somebody's home. Choose a public place nearby instead.")
NO_PERSON = _l("This looks like a person's name. Name the place, like “Cesar Chavez Park”.")
NEEDS_NAME = _l("Enter a name that families use.")

# All as `plain` leaves it: small letters, no accents, no signs ("Maria's house" has a lone s).
_HOME = re.compile(
    r"\b(?:(?:my|our|his|her|their|your|mi|su|tu|nuestra|s)"
    r" (?:house|home|apartment|apt|casa|hogar|departamento|apartamento|porch|driveway|yard)"
    r"|apartments?|apartamentos?|departamentos?|condominiums?|residence|residencia|vivienda"
    r"|domicilio|duplex|(?:house|home|hogar) of [a-z]+ (?:family)?$)\b"
)
_HOUSE_NUMBER = re.compile(r"^\d{3,6} [a-z]")  # "4512 Maple", but neither "107th" nor "7-Eleven"
_FAMILY = re.compile(r"\b(?:family|familia) [a-z]+$|\b[a-z]+ (?:family|familia)$")
_HOME_OF = re.compile(r"\b(?:casa|hogar|home|house) (?:de|of) ([a-z]+)")
# A name with one of these is a place's, whoever it is called after.
_PLACE_WORDS = """park parque library biblioteca school escuela elementary middle high academy
    college continuation public community services foundation mission program pantry food church
    iglesia parroquia parish temple templo mosque mezquita synagogue chapel center centre centro
    market mercado store tienda shop plaza stop parada station estacion garden jardin field
    campo corner esquina street st avenue ave av avenida boulevard blvd road rd calle drive way
    and y e at en con near gate puerta clinic clinica hall pool gym museum museo bakery
    panaderia fountain bridge puente playground recreation club hospital cafe restaurant
    restaurante north south east west norte sur este oeste square hill hills heights valley side
    area zone zona"""
_PLACES = frozenset(_PLACE_WORDS.split())


def checked(text: str, longest: int, *, published: bool = False) -> str:
    """Return a place's name with single spaces; raise Invalid with a sentence for `name`.

    `published` is a name from a public directory: it may hold a person's, as "Drew Child
    Development" does, but no more a street address than any other.
    """
    # Here: their lists take 0.15 s to read and compile, which every start would pay.
    from commons.detectors import Kind, find

    name = tidy(text)
    if not re.search(r"[^\W\d_]", name):
        raise _refused(NEEDS_NAME)
    if len(name) > longest:
        raise _refused(_l("Use at most %(count)s letters.", count=longest))
    for finding in find(name):
        if not (published and finding.kind == Kind.CHILD):
            raise _refused(finding.kind.sentence())
    if _HOUSE_NUMBER.search(plain(name)):
        raise _refused(Kind.ADDRESS.sentence())
    if not published:
        _refuse_people(plain(name))
    return name


def _refuse_people(words: str) -> None:
    from commons.detectors.names import is_first_name

    home_of = _HOME_OF.search(words)
    if _HOME.search(words) or (home_of and is_first_name(home_of[1])):
        raise _refused(NO_HOME)
    parts = words.split()
    a_person = is_first_name(parts[0]) and len(parts) <= 4 and not _PLACES.intersection(parts)
    a_family = _FAMILY.search(words) and not _PLACES.intersection(parts)
    if a_person or a_family:
        raise _refused(NO_PERSON)


def _refused(sentence: object) -> Invalid:
    return Invalid(sentence, {"name": sentence})
