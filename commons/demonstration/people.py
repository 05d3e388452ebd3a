"""The invented people of the demonstration's schools: the same ones every time.

Each school gets 309 people. 300 of them can be reached; 4 have no number, 3 have not yet said
yes and 2 have said stop, so that a screen can show who is left out and why.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

FOLDER = Path(__file__).parent
SCHOOLS = ("jacaranda", "mariposa")
SEED = "farolito demonstration 1"
AREA_CODES = ("213", "310", "323", "562", "626", "747", "818")

SLOTS = (
    "site_lead",
    "backup_lead",
    "school_administrator",
    "check_in_employee",
    "counselor",
    "secondary_responder",
)
# Languages of those who can be reached: 120 en, 105 es, 24 ko, 24 zh_Hans, 15 hy, 12 fa.
_STAFF = {"en": 50, "es": 10}  # those in slots among them
_FAMILIES = {"en": 70, "es": 95, "ko": 24, "zh_Hans": 24, "hy": 15, "fa": 12}
# Those who cannot: group, language, consent, and whether they have a number.
_LEFT_OUT = (
    ("staff", "en", "yes", False),
    ("family", "es", "yes", False),
    ("family", "ko", "yes", False),
    ("family", "hy", "yes", False),
    ("family", "es", "invited", True),
    ("family", "zh_Hans", "invited", True),
    ("family", "en", "invited", True),
    ("family", "es", "stopped", True),
    ("family", "fa", "stopped", True),
)
_NUMBERS_PER_SCHOOL = 350


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of a roster, in the columns of the roster import; `phone` is E.164 or empty."""

    name: str
    phone: str
    language: str
    group: str
    slot: str
    consent: str
    consent_source: str

    @property
    def reachable(self) -> bool:
        """Whether this person has a number and has said yes."""
        return bool(self.phone) and self.consent == "yes"


COLUMNS = tuple(field.name for field in fields(RosterRow))


def people(school: str) -> list[RosterRow]:
    """Return the people of one invented school, those in slots first. Raises ValueError."""
    phones = _phones(SCHOOLS.index(school))
    names = _Names(SCHOOLS.index(school))
    staff = [*_languages(_STAFF, f"{school} staff")]
    rows = [
        _row(names, phones, "staff", language, slot=slot)
        for language, slot in itertools.zip_longest(staff, SLOTS, fillvalue="")
    ]
    rows += [
        _row(names, phones, "family", language)
        for language in _languages(_FAMILIES, f"{school} family")
    ]
    rows += [
        _row(names, phones if has_number else iter(("",)), group, language, consent=consent)
        for group, language, consent, has_number in _LEFT_OUT
    ]
    return rows


def write_roster_csv(path: Path, school: str) -> int:
    """Write a school's people as a file for the roster import; return the number of people."""
    rows = people(school)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    return len(rows)


class _Names:
    """Deals full names of a language, each to one person of the whole demonstration."""

    def __init__(self, school: int) -> None:
        lists = tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))
        self._rest = {
            language: iter(_dealt(self._pairs(names), language)[school :: len(SCHOOLS)])
            for language, names in lists.items()
        }

    def next(self, language: str) -> str:
        """Return a name that nobody has yet."""
        return next(self._rest[language])

    @staticmethod
    def _pairs(names: dict[str, list[str]]) -> list[str]:
        return [f"{first} {last}" for first in names["first"] for last in names["last"]]


def _row(
    names: _Names,
    phones: Iterator[str],
    group: str,
    language: str,
    slot: str = "",
    consent: str = "yes",
) -> RosterRow:
    source = "staff duty" if group == "staff" else "paper form"
    return RosterRow(
        name=names.next(language),
        phone=next(phones),
        language=language,
        group=group,
        slot=slot,
        consent=consent,
        consent_source="import" if consent == "invited" else source,
    )


def _languages(counts: dict[str, int], salt: str) -> list[str]:
    each = [f"{language} {i}" for language, count in counts.items() for i in range(count)]
    return [one.split()[0] for one in _dealt(each, salt)]


def _phones(school: int) -> Iterator[str]:
    start = school * _NUMBERS_PER_SCHOOL
    for i in range(start, start + _NUMBERS_PER_SCHOOL):
        line, area = divmod(i, len(AREA_CODES))
        yield f"+1{AREA_CODES[area]}55501{line:02d}"


def _dealt(items: Sequence[str], salt: str) -> list[str]:
    """Return items in an order that looks shuffled and is the same on every machine."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{SEED} {salt} {item}".encode()).digest())


def all_people() -> Iterable[RosterRow]:
    """Return the people of every invented school."""
    return itertools.chain.from_iterable(people(school) for school in SCHOOLS)
