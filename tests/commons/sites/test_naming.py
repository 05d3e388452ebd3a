"""Names of public places pass; homes, people and addresses do not."""

import pytest

from commons.errors import Invalid
from commons.sites import naming


@pytest.mark.parametrize(
    "name",
    [
        "Robertson Library",
        "Cesar Chavez Park",
        "Pico and Vermont",
        "Corner of 3rd Street and Vermont",
        "Virginia and Vermont",
        "7-Eleven on Sunset",
        "99 Cents Only",
        "107th Street School",
        "House of Prayer",
        "Casa de la Cultura",
        "Bus stop at 5th and Main",
        "Parque Hidalgo",
        "도서관",
    ],
)
def test_a_public_place_may_be_named(name: str) -> None:
    assert naming.checked(name, 100) == name


@pytest.mark.parametrize(
    "name",
    [
        "Maria's house",
        "my home",
        "mi casa",
        "casa de Maria",
        "Vista Apartments",
        "Departamentos El Sol",
        "Maria Lopez",
        "The Lopez family",
        "Familia Lopez",
        "123 Main St",
        "4512 Maple",
        "Apt 4",
        "Library, call 213-555-0123",
        "34.05223, -118.24368",
        "",
        "  12  ",
        "x" * 101,
    ],
)
def test_a_home_a_person_or_an_address_may_not(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        naming.checked(name, 100)
    assert refusal.value.fields["name"]


def test_a_published_name_may_hold_a_persons_but_no_address() -> None:
    assert naming.checked("Maria Lopez Development", 100, published=True)
    assert naming.checked("Drew Child Development Corporation", 100, published=True)
    with pytest.raises(Invalid):
        naming.checked("Pantry, 123 Main St", 100, published=True)


def test_spaces_and_invisible_letters_are_tidied() -> None:
    assert naming.checked("  Echo\u202e  Park ", 100) == "Echo Park"
