"""Codes are read however people type them, and are never taken for something else."""

from __future__ import annotations

import re

import pytest

from commons.accounts.by_signal import codes
from commons.messaging.words import read_code, read_reply

MANY = [codes.page_code() for _ in range(500)]


def test_a_page_code_mixes_letters_and_digits_without_look_alikes() -> None:
    for code in MANY:
        assert re.fullmatch(r"[2-9A-HJKMNP-Z]{6}", code)
        assert re.search(r"\d", code)
        assert re.search(r"[A-Z]", code)
    assert len(set(MANY)) == len(MANY)


def test_a_page_code_is_no_alert_and_no_answer_in_one_piece_or_in_halves() -> None:
    for code in MANY:
        for typed in (code, f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}".lower()):
            assert read_code(typed) is None
            assert read_reply(typed) == "other"


@pytest.mark.parametrize(
    "typed",
    [
        "7KX4PM",
        " 7kx4pm ",
        "7kx-4pm",
        "7 K X 4 P M",
        "７ＫＸ４ＰＭ",
        "\u200e7KX–4PM\u2069",
        "٧KX٤PM",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert codes.read_page_code(typed) == "7KX4PM"


@pytest.mark.parametrize(
    "typed", ["K7", "K72V34", "234567", "ABCDEF", "7KX4P", "7KX4PM please", ""]
)
def test_other_words_are_no_code(typed: str) -> None:
    assert codes.read_page_code(typed) is None


def test_a_code_on_paper_comes_in_groups_of_four_and_is_read_without_them() -> None:
    code = codes.paper_code()
    assert re.fullmatch(r"([2-9A-HJKMNP-Z]{4}-){5}[2-9A-HJKMNP-Z]{4}", code)
    assert codes.read_paper_code(code.lower().replace("-", " ")) == code.replace("-", "")
    assert codes.read_paper_code(code[:-1]) is None


def test_the_numbers_of_a_page_have_two_digits_and_differ() -> None:
    for _ in range(50):
        found = codes.numbers()
        assert len(set(found)) == 3
        assert all(10 <= int(number) <= 99 for number in found)
