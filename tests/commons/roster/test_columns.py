"""Headings and words of a roster."""

import pytest

from commons.errors import Invalid
from commons.roster import columns
from commons.roster.columns import Row
from commons.roster.models import ConsentState, Group, SlotKind
from commons.sites.sheet import Line

GOOD = {"name": "Ana Lee", "phone": "213 555 0142", "group": "family"}


def row(**changes: str) -> Row:
    cells = {**GOOD, **changes}
    return columns.row(Line(2, cells), columns.columns(list(cells)).where)


def test_headings_are_known_in_english_and_spanish() -> None:
    headings = ["Nombre", "Teléfono", "IDIOMA", "Grupo", "Puesto", "Consentimiento"]
    found = columns.columns([*headings, "Fuente del consentimiento"])
    assert set(found.where) == {
        "name",
        "phone",
        "language",
        "group",
        "slot",
        "consent",
        "consent_source",
    }


@pytest.mark.parametrize(
    "heading",
    [
        "Immigration Status",
        "status",
        "Country of Birth",
        "DOB",
        "Home Address",
        "Street",
        "Nationality",
        "SSN",
        "A-Number",
        "Child's name",
        "Student ID",
        "student_name",
        "Visa type",
        "IP",
        "Estatus migratorio",
        "País de nacimiento",
        "Fecha de nacimiento",
        "Nacionalidad",
        "Domicilio",
        "Dirección",
        "Número de seguro social",
        "Nombre del niño",
        "Alumna",
    ],
)
def test_a_file_with_what_must_never_be_stored_is_refused_whole(heading: str) -> None:
    with pytest.raises(Invalid) as refusal:
        columns.columns(["name", "phone", heading])
    assert f"“{heading}”" in str(refusal.value)


@pytest.mark.parametrize("heading", ["E-mail address", "Notes", "Dirección de correo", "Room"])
def test_a_harmless_column_is_only_not_read(heading: str) -> None:
    assert columns.columns(["name", "phone", heading]).unread == (heading,)


def test_two_columns_that_mean_the_same_are_refused() -> None:
    with pytest.raises(Invalid, match="“phone” and “cell” mean the same"):
        columns.columns(["name", "phone", "cell"])


@pytest.mark.parametrize(("headings", "missing"), [(["phone"], "name"), (["name"], "phone")])
def test_a_column_that_is_needed_is_asked_for(headings: list[str], missing: str) -> None:
    with pytest.raises(Invalid, match=f"heading “{missing}”"):
        columns.columns(headings)


def test_a_row_is_read_whole() -> None:
    found = row(
        language="español",
        slot="Site lead; interpreter",
        consent="Sí",
        **{"consent source": "paper form"},
    )
    assert found == Row(
        line=2,
        name="Ana Lee",
        number="+12135550142",
        language="es",
        group=Group.FAMILY,
        slots=(SlotKind.SITE_LEAD, SlotKind.INTERPRETER),
        consent=ConsentState.GIVEN,
        source="paper form",
    )


def test_first_and_last_name_make_a_name() -> None:
    cells = {"First name": "Ana", "Last name": "Lee", "phone": "213 555 0142", "group": "staff"}
    assert columns.row(Line(2, cells), columns.columns(list(cells)).where).name == "Ana Lee"


@pytest.mark.parametrize(
    ("word", "code"),
    [("Spanish", "es"), ("zh-Hans", "zh_Hans"), ("Chinese", "zh_Hans"), ("한국어", "ko"),
     ("armenio", "hy"), ("Persian", "fa"), ("tl", "fil"), ("", "")],
)  # fmt: skip
def test_languages_are_known_by_many_names(word: str, code: str) -> None:
    assert row(language=word).language == code


def test_nothing_said_of_consent_is_an_invitation_for_everybody() -> None:
    assert row().consent == ConsentState.INVITED
    assert row(group="staff").consent == ConsentState.INVITED


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter the name"),
        ({"phone": "555 0142"}, "with its area code"),
        ({"language": "Klingon"}, "Messages cannot be sent in “Klingon” yet."),
        ({"group": "friend"}, "The group “friend” is not known."),
        ({"group": ""}, "is not known"),
        ({"slot": "wizard"}, "The role “wizard” is not a role of a site."),
        ({"consent": "maybe"}, "The consent “maybe” is not understood."),
        ({"consent": "yes"}, "Say how we know that they agreed"),
    ],
)
def test_a_word_that_is_not_understood_is_told(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        row(**changes)
    assert sentence in str(refusal.value)
