"""Codes of invites: made unlike words, read however somebody types them."""

import pytest

from commons.roster.joining import codes


def test_a_code_has_a_letter_and_a_digit_and_no_look_alikes() -> None:
    for _ in range(200):
        code = codes.make()
        assert len(code) == 8
        assert not set(code) & set("01IOQ")
        assert any(c.isdigit() for c in code)
        assert any(c.isalpha() for c in code)
        assert codes.read(codes.shown(code)) == code


@pytest.mark.parametrize(
    "typed",
    [
        "LUZ7-K4MP",
        "luz7k4mp",
        " Luz7–k4mp. ",
        "LUZ7 - K4MP",
        "ＬＵＺ７－Ｋ４ＭＰ",
        "LUZ٧-K۴MP",
        "“LUZ7-K4MP”",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert codes.read(typed) == "LUZ7K4MP"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "LUZ7-K4M",
        "LUZ7-K4MPX",
        "lucesita",
        "23452345",
        "LUZ0-K4MP",
        "gate 2345",
        "LU-Z7K4MP",
        "😀",
    ],
)
def test_other_words_are_no_code(typed: str) -> None:
    assert codes.read(typed) is None
