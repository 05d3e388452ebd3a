"""What people type, and what is kept of it."""

import pytest

from commons.errors import Invalid
from commons.roster import numbers


@pytest.mark.parametrize(
    "text",
    [
        "+12135550142",
        "213 555 0142",
        "(213) 555-0142",
        "213.555.0142",
        "1-213-555-0142",
        " 2135550142 ",
    ],
)
def test_what_people_type_becomes_one_number(text: str) -> None:
    assert numbers.e164(text) == "+12135550142"


def test_a_number_of_another_country_is_taken_as_it_is() -> None:
    assert numbers.e164("+52 55 1234 5678") == "+525512345678"


@pytest.mark.parametrize(
    "text", ["", "555 0142", "911", "no phone", "+1213555", "113 555 0142", "213 055 0142", "+9991"]
)
def test_what_is_no_number_is_asked_for_again(text: str) -> None:
    with pytest.raises(Invalid, match="like 213 555 0142"):
        numbers.e164(text)


def test_an_extension_is_refused() -> None:
    with pytest.raises(Invalid, match="extension"):
        numbers.e164("213 555 0142 ext. 5")


def test_a_list_shows_the_last_two_digits() -> None:
    assert numbers.ending("+12135550142") == "42"
    assert numbers.spaced("+12135550142") == "+1 213-555-0142"


def test_a_hidden_number_has_no_digits_to_show() -> None:
    account_id = "99999999-9999-4999-8999-999999999999"
    assert numbers.is_account_id(account_id)
    assert not numbers.is_account_id("+12135550142")
    assert numbers.ending(account_id) == ""
    assert numbers.spaced(account_id) == numbers.HIDDEN
