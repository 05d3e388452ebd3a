"""The list of roles is data, and every part of the house knows the same list."""

import tomllib

import pytest

from commons.roster import columns
from commons.roster.columns import WORDS
from commons.roster.kinds import DATA, KINDS, Level, required
from commons.roster.models import SlotKind
from commons.roster.words import SLOTS
from commons.sites.sheet import Line


def test_the_file_the_code_the_words_and_the_import_name_the_same_roles() -> None:
    kinds = [kind.value for kind in SlotKind]
    assert list(tomllib.loads(DATA.read_text(encoding="utf-8"))) == kinds
    assert list(KINDS) == list(SlotKind)
    assert set(SLOTS) == set(SlotKind)
    assert sorted(tomllib.loads(WORDS.read_text(encoding="utf-8"))["slots"]) == sorted(kinds)


def test_the_whole_list_of_the_research_is_there() -> None:
    levels = [kind.level for kind in KINDS.values()]
    assert (levels.count(Level.SITE), levels.count(Level.DISTRICT)) == (15, 14)
    assert levels.count(Level.COUNTY_OFFICE) == 2
    assert all(1 <= kind.most <= 12 for kind in KINDS.values())


def test_a_site_must_fill_four_roles_and_a_district_two() -> None:
    assert len(required(Level.SITE)) == 4
    assert required(Level.DISTRICT) == (SlotKind.DISTRICT_ADMINISTRATOR, SlotKind.LEGAL_COUNSEL)


SPANISH = {
    "responsable de la escuela": SlotKind.SITE_LEAD,
    "Responsable suplente": SlotKind.BACKUP_LEAD,
    "consejero/a escolar": SlotKind.COUNSELOR,
    "intérprete": SlotKind.INTERPRETER,
    "asesoría legal": SlotKind.LEGAL_COUNSEL,
    "Contacto con la prensa": SlotKind.MEDIA_CONTACT,
}


@pytest.mark.parametrize(
    ("word", "kind"), [*SPANISH.items(), *((str(w), k) for k, w in SLOTS.items())]
)
def test_a_file_may_name_a_role_as_the_screens_do(word: str, kind: SlotKind) -> None:
    found = columns.columns(["name", "phone", "slot", "group"])
    cells = {"name": "Ana", "phone": "213 555 0142", "slot": word, "group": "staff"}
    assert columns.row(Line(2, cells), found.where).slots == (kind,)
