"""Languages are picked without ever failing, and times are said in words."""

import pytest
import time_machine
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from commons import clock, i18n


@pytest.mark.parametrize(
    ("word", "code"),
    [("es-MX", "es"), ("zh-CN", "zh_Hans"), ("zh-Hans", "zh_Hans"), ("tl", "fil"), ("fa-IR", "fa"),
     ("Spanish", "es"), ("hy-AM", "hy"), ("EN", "en"), ("xx", None),
     ("../../etc", None), ("", None)],
)  # fmt: skip
def test_what_browsers_and_rosters_say_is_understood(word: str, code: str | None) -> None:
    assert i18n.pick(word) == code


@given(st.text())
def test_no_text_at_all_makes_picking_fail(word: str) -> None:
    assert i18n.pick(word) in {None, *i18n.TAGS}


def test_ten_languages_have_a_name_a_tag_and_a_direction() -> None:
    found = [i18n.language(code) for code in i18n.TAGS]
    assert len({language.name for language in found}) == len(i18n.TAGS) >= 10
    assert [language.code for language in found if language.direction == "rtl"] == ["fa", "ar"]
    assert i18n.language("zh_Hans").tag == "zh-Hans"


@pytest.mark.parametrize("code", i18n.TAGS)
def test_names_and_directions_are_those_of_the_worlds_own_list(code: str) -> None:
    babel = Locale.parse(code)
    assert babel.text_direction == i18n.language(code).direction
    if code != "zh_Hans":
        assert (babel.get_language_name(code) or "").casefold() == i18n.NAMES[code].casefold()


def test_times_are_said_in_words_in_the_sites_own_zone() -> None:
    with time_machine.travel("2026-11-24 22:42:00+00:00", tick=False):
        words = i18n.moment_words(clock.now(), "America/Los_Angeles")
        assert words == "today 2:42 pm, Tuesday 24 November"


def test_a_language_holds_for_a_block_and_no_longer() -> None:
    with i18n.use("es"):
        assert i18n.current() == "es"
    assert i18n.current() == i18n.DEFAULT


def test_a_number_of_things_uses_the_right_words() -> None:
    assert i18n.ngettext("%(num)s phone", "%(num)s phones", 1) == "1 phone"
    assert i18n.ngettext("%(num)s phone", "%(num)s phones", 0) == "0 phones"


def test_a_lazy_sentence_is_put_into_words_when_it_is_shown() -> None:
    sentence = i18n.lazy_gettext("Wait %(minutes)s minutes.", minutes=3)
    assert str(sentence) == "Wait 3 minutes."


def test_a_time_at_the_end_of_a_sentence_brings_its_own_full_stop() -> None:
    assert i18n.one_stop("antes de: 10:02 p.m..\nGracias.") == "antes de: 10:02 p.m.\nGracias."
