"""What a site's own words must keep, and what they must not have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapidresponse.alerts.composer import pack
from rapidresponse.alerts.texts.faults import faults, tidy
from rapidresponse.alerts.texts.service import library_text
from rapidresponse.alerts.texts.standing import every_text

FAMILIES = library_text("en", "T1.alert.A9")


def test_the_librarys_words_have_no_fault_in_any_language() -> None:
    for locale in pack().words:
        assert [
            found for text in every_text(locale) if (found := faults(text, text.template))
        ] == []


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("{code}", "K72", "{code} must stay in these words. Put it back."),
        ("{school}", "our school", "{school} must stay in these words. Put it back."),
        ("{status}", "CONFIRMED", "{status} must stay in these words. Put it back."),
        ("{next_update}", "noon", "{next_update} must stay in these words. Put it back."),
        ("{time}", "{place}", "Families are never told {place}. Take it out."),
        ("{time}", "{news_family}", "{news_family} cannot be filled here. Take it out."),
        ("{time}", "{weather}", "{weather} cannot be filled here. Take it out."),
        ("{time}", "{time!r}", "A gap is one word in braces, such as {code}. Check the braces."),
        ("{time}", "{code.__class__}", "A gap is one word in braces, such as {code}."),
        ("{time}", "\u202e", "There are signs in these words that nobody sees."),
        ("Reply STOP", "Say STOP", "This line must stay as it is: “\u2068Reply 1 = received"),
        (
            "{time}",
            "now " * 120,
            "These words may grow to ",
        ),
    ],
)
def test_each_fault_says_what_to_do(before: str, after: str, sentence: str) -> None:
    found = faults(FAMILIES, FAMILIES.template.replace(before, after))
    assert [one for one in found if one.startswith(sentence)], found


def test_the_core_may_hear_where_it_is() -> None:
    core = library_text("en", "T1.alert.A1")
    assert faults(core, core.template.replace("{agency}", "{agency}, {place}")) == []


def test_nobody_is_told_what_the_library_keeps_from_them() -> None:
    staff = library_text("en", "T2.alert.A2")
    body = staff.template.replace("{time}", "{time}, {place}")
    assert faults(staff, body) == ["{place} cannot be filled here. Take it out."]


def test_typed_words_are_kept_without_what_nobody_sees() -> None:
    assert tidy("\r\n One \r\n\n\n\nTwo  \n") == "One\n\nTwo"


@given(st.text(max_size=200))
def test_no_typed_words_make_the_faults_fail(body: str) -> None:
    assert faults(FAMILIES, tidy(body)) is not None


def test_what_the_message_check_refuses_is_a_fault() -> None:
    bad = FAMILIES.template.replace("Please do not gather", "Come to the school and block the exit")
    assert faults(FAMILIES, FAMILIES.template) == []
    assert faults(FAMILIES, bad)
