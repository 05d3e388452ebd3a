"""The default pack is whole in every language and keeps the promises of the invariants."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from commons.messaging import words as relay_words
from rapidresponse.alerts.pack import LIBRARY, Pack, PackFaults, Text, load_pack, slots_of

LOCALES = ["en", "es", "ko", "zh_Hans", "hy", "fa"]
SHAPES = {
    **{f"T{n}": {"alert", "update", "stale", "unanswered"} for n in (1, 2, 3, 5, 6, 8)},
    "T10": {"correction"},
    "T11": {"departed", "all_clear"},
    "T15": {"alert", "update", "stale", "unanswered"},
}
VALUES = {
    "code": "K7.v2",
    "school": "Jacaranda Lane Elementary (demonstration)",
    "time": "2:42 pm",
    "next_update": "2:52 pm",
    "status": "confirmed",
    "place": "side_gate",
    "relation": "near",
    "journey": "field_trip",
    "request": "letter",
    "news": "still_there",
    "old": "agents_near",
    "new": "nothing_seen",
    "posture": "secure",
}
# Wording that asks people to obstruct, to put themselves in danger, or to come.
OBSTRUCTING = {
    "en": r"\b(block|hid(e|ing)|chase|confront|surround|run\b|come (to|now)|raid|kidnap|lockdown)",
    "es": r"(bloque|escond|persig|enfrent|rode[ea]|\bcorra\b|\bvenga|redada|secuestr)",
    "ko": r"(막으|막아|숨으|숨어|쫓|맞서|둘러싸|오세요|와 주세요|급습|납치)",
    "zh_Hans": r"(阻止|阻挡|躲|藏|追赶|对抗|包围|快来|请来|突袭|绑架)",
    "hy": r"(արգելափակ|թաքնվ|թաքցր|հետապնդ|առերես|շրջապատ|եկեք|առևանգ)",
    "fa": r"(مسدود|پنهان|مخفی|تعقیب|رویارو|محاصره|بیایید|یورش|ربود)",
}
# A guess at the agency, or the school's place that families are not told.
FAMILY_NEVER = {
    "en": r"\b(ICE|CBP|HSI|immigration|federal|police|agents?|gate|entrance|street|parking)\b",
    "es": r"(inmigraci|federal|polic|\bmigra|portón|entrada|calle|estacionamiento)",
    "ko": r"(이민|연방|경찰|요원|출입구|주차장|도로)",
    "zh_Hans": r"(移民|联邦|警察|门口|入口|停车场|街)",
    "hy": r"(ներգաղթ|դաշնային|ոստիկան|գործակալ|դարպաս|մուտք|փողոց)",
    "fa": r"(مهاجرت|فدرال|پلیس|ورودی|خیابان|پارکینگ)",
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack()


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, str, str], list[str]]:
    """Load a copy of the library with one thing changed, and return the faults."""

    def load(file: str, old: str, new: str) -> list[str]:
        folder = tmp_path / "library"
        shutil.copytree(LIBRARY, folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(PackFaults) as caught:
            load_pack(folder)
        return caught.value.faults

    return load


def every_text(pack: Pack, locale: str, audience: str | None = None) -> list[Text]:
    return [
        pack.text(type_, kind, one, locale)
        for type_, kinds in SHAPES.items()
        for kind in kinds
        for one in pack.types[type_].kinds[kind].parts
        if audience in (None, one)
    ]


def every_filling(pack: Pack, text: Text) -> list[str]:
    """Return the text with every choice of every list in turn."""
    filled = []
    for slot in pack.slots_to_fill(text.type, text.kind, [text.audience]):
        for choice in pack.lists.get(slot.list, ("",)):
            values = VALUES | ({slot.name: choice} if choice else {})
            filled.append(
                pack.render(text.type, text.kind, text.audience, text.locale, values).text
            )
    return filled


def test_holds_the_types_and_kinds_of_the_first_release(pack: Pack) -> None:
    assert {key: set(type_.kinds) for key, type_ in pack.types.items()} == SHAPES
    assert list(pack.words) == LOCALES


@pytest.mark.parametrize("locale", LOCALES)
def test_is_complete_with_the_same_slots_in_every_language(pack: Pack, locale: str) -> None:
    english = [sorted(text.slots) for text in every_text(pack, "en")]
    assert [sorted(text.slots) for text in every_text(pack, locale)] == english


@pytest.mark.parametrize("locale", LOCALES)
def test_every_filling_is_short_and_asks_nobody_to_obstruct(pack: Pack, locale: str) -> None:
    for text in every_text(pack, locale):
        for filled in every_filling(pack, text):
            assert len(filled) <= pack.longest
            assert not re.search(r"\bICE\b|!!|\{", filled)
            assert not re.search(OBSTRUCTING[locale], filled, re.IGNORECASE), filled


@pytest.mark.parametrize("locale", LOCALES)
def test_families_are_told_neither_place_nor_agency(pack: Pack, locale: str) -> None:
    inner = {name for name, slot in pack.slots.items() if slot.inner}
    for text in every_text(pack, locale, "A9"):
        assert not inner & set(text.slots)
        for filled in every_filling(pack, text):
            assert not re.search(FAMILY_NEVER[locale], filled, re.IGNORECASE), filled
            for list_name in ("places", "relations", "agencies"):
                for key, phrase in pack.words[locale].phrases[list_name].items():
                    assert key == "not_confirmed" or phrase.casefold() not in filled.casefold()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_says_status_code_school_reply_and_when_next(pack: Pack, locale: str) -> None:
    parts = pack.words[locale].parts
    for text in every_text(pack, locale):
        head, *_, reply, end = text.template.split("\n")
        assert "{code}" in head
        assert "{school}" in head
        assert not head.startswith(("{code}", "{school}"))
        assert reply == parts["reply_family" if text.audience == "A9" else "reply"]
        assert re.search("[1۱]", reply)
        assert end == parts["last" if text.kind == "all_clear" else "next"]


@pytest.mark.parametrize("locale", LOCALES)
def test_families_are_offered_a_word_that_the_relay_understands(pack: Pack, locale: str) -> None:
    offered = relay_words.plain(pack.words[locale].parts["reply_family"])
    assert any(word in offered for word in relay_words.words(locale).replies["stop"])


@pytest.mark.parametrize("locale", LOCALES)
def test_staff_are_told_to_comply_where_a_court_order_is_carried_out(
    pack: Pack, locale: str
) -> None:
    for audience in ("A1", "A2"):
        for text in every_text(pack, locale, audience):
            if text.kind != "all_clear":
                assert pack.words[locale].parts["dont"] in text.template


@pytest.mark.parametrize("locale", LOCALES)
def test_no_language_claims_a_review_that_nobody_made(pack: Pack, locale: str) -> None:
    review = pack.words[locale].review
    assert review.state == "draft" or (review.by and review.on)


def test_unverified_claims_reach_core_district_and_dispatchers_only(pack: Pack) -> None:
    for type_ in pack.types.values():
        if not (type_.chain or type_.decision):
            assert set(type_.hears["unverified"]) <= {"A1", "A3", "A4"}
            assert set(type_.hears["likely"]) <= {"A1", "A3", "A4"}
    assert [key for key, type_ in pack.types.items() if type_.chain] == ["T10", "T11"]
    assert [key for key, type_ in pack.types.items() if type_.decision] == ["T15"]


def test_agents_inside_are_the_one_thing_that_need_not_be_verified(pack: Pack) -> None:
    broken = {key: set(type_.break_glass) for key, type_ in pack.types.items() if type_.break_glass}
    assert broken == {"T2": {"A1", "A2", "A3", "A4", "A6"}}
    for audience in ("A7", "A8", "A9"):
        assert not pack.may_hear("T2", "unverified", audience, break_glass=True)


@pytest.mark.parametrize("locale", LOCALES)
def test_staff_are_told_a_posture_and_no_claim_where_nothing_may_be_verified(
    pack: Pack, locale: str
) -> None:
    parts = pack.words[locale].parts
    claims = [parts[f"what_{name}"] for name in ("t1", "t2", "t3", "t6", "t8", "update")]
    unsure = [text for text in every_text(pack, locale, "A2") if text.kind == "unanswered"]
    unsure += [text for text in every_text(pack, locale, "A2") if text.type == "T2"]
    for text in unsure:
        assert not any(claim in text.template for claim in claims)
        assert not {"place", "agency", "status"} & set(text.slots)


@pytest.mark.parametrize("locale", LOCALES)
def test_responders_are_told_how_to_watch_safely(pack: Pack, locale: str) -> None:
    for text in every_text(pack, locale, "A6"):
        if text.kind != "all_clear":
            assert pack.words[locale].parts["safety"] in text.template


def test_corrections_and_endings_can_reach_everyone_of_the_chain(pack: Pack) -> None:
    for key in ("T10", "T11"):
        for heard in pack.types[key].hears.values():
            assert set(heard) == set(pack.audiences)


def test_minutes_and_queue_are_those_of_the_design(pack: Pack) -> None:
    assert pack.types["T1"].stale == {"unverified": 20, "likely": 20, "confirmed": 30}
    assert pack.types["T11"].kinds["all_clear"].next_update == 0
    queue = [pack.priority("T3", a) for a in ("A1", "A2", "A9")]
    assert queue == sorted(queue)
    assert pack.priority("T3", "A2") < pack.priority("T1", "A9")
    assert pack.needs("T1", "A2") == "seen_or_verified"
    assert pack.needs("T15", "A2") == "decision"
    assert pack.needs("T15", "A9") == "second_account"


def test_fills_slots_that_follow_and_defaults(pack: Pack) -> None:
    english = pack.render("T1", "alert", "A1", "en", VALUES)
    assert "Posture: SECURE." in english.text
    assert "Agency: not confirmed." in english.text
    assert not english.fell_back
    assert not english.reviewed
    asked = pack.slots_to_fill("T1", "alert", ["A1", "A9"])
    assert [slot.name for slot in asked if slot.asked] == ["place", "agency"]
    assert "posture_family" not in {slot.name for slot in asked}


def test_falls_back_to_english_and_spanish_together(pack: Pack) -> None:
    both = pack.render("T1", "alert", "A9", "vi", VALUES)
    assert both.fell_back
    assert both.locales == ("en", "es")
    english, spanish = both.text.split("\n\n")
    assert english.startswith("CONFIRMED.")
    assert spanish.startswith("CONFIRMADO.")


def test_isolates_codes_and_names_in_persian(pack: Pack) -> None:
    text = pack.render("T1", "alert", "A9", "fa", VALUES).text
    assert "\u2066K7.v2\u2069" in text
    assert "\u2068Jacaranda Lane Elementary (demonstration)\u2069" in text
    assert text.count("\u2069") == text.count("\u2066") + text.count("\u2068")


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"place": "behind the blue house"}, "place"),
        ({"code": "John"}, "code"),
        ({"time": "2:42 pm\nCome now"}, "time"),
        ({"school": "Jacaranda\u202eenaL"}, "school"),
        ({"posture": ""}, "posture"),
        ({"note": "free words"}, "note"),
        ({"posture_staff": "hold"}, "posture_staff"),
    ],
)
def test_refuses_values_that_are_not_of_the_slot(
    pack: Pack, values: dict[str, str], fault: str
) -> None:
    with pytest.raises(PackFaults) as caught:
        pack.render("T1", "alert", "A1", "en", VALUES | values)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith(f"{fault}: ")


def test_a_long_school_name_is_shortened_and_never_stops_an_alert(pack: Pack) -> None:
    name = "San Pascual Elementary " + "Science Technology Engineering Arts " * 3
    text = pack.render("T1", "alert", "A1", "en", VALUES | {"school": name}).text
    assert "San Pascual Elementary" in text.split("\n")[0]
    assert "…" in text.split("\n")[0]


def test_phrases_are_there_for_screens(pack: Pack) -> None:
    assert pack.phrase("places", "bus_stop", "es") == "parada del autobús"
    assert slots_of("{a} and {b} and {a}") == ["a", "b", "a"]


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("texts.es.toml", 'last = "', 'lost = "', "texts.es.toml: parts.last: missing"),
        ("texts.ko.toml", "{status}. {code}", "{code}", "texts.ko.toml: parts.head_report: has"),
        ("texts.hy.toml", 'state = "draft"', 'state = "reviewed"', "texts.hy.toml: review: a"),
        ("texts.fa.toml", 'direction = "rtl"', 'direction = "up"', "texts.fa.toml: direction"),
        ("texts.en.toml", '= "NOTICE. ', '= "' + "N" * 700 + " ", "texts.en.toml: T15.alert"),
        ("texts.en.toml", "[review]", "[review", "texts.en.toml: cannot be read"),
        ("types.toml", 'unverified = ["A1", ', 'unverified = ["A1", "A2", ', "types.T1.hears.unve"),
        (
            "types.toml",
            'break_glass = ["A1", ',
            'break_glass = ["A9", ',
            "T2.break_glass: only",
        ),
        ("types.toml", 'core = ["A1"]', 'core = ["A2"]', "choices.core: A1 comes first"),
        ("types.toml", '"family_t1", ', '"what_t1", ', "families are never told {place}"),
        ("types.toml", "unverified = 20", "unverified = 0", "types.T1.stale"),
        ("types.toml", "longest = 750 ", 'longest = "long" ', "types.toml: longest: not a int"),
        ("types.toml", '"what_t3", ', '"what_t4", ', "“what_t4” is not known"),
    ],
)
def test_names_file_and_key_of_a_fault(
    broken: Callable[[str, str, str], list[str]], file: str, old: str, new: str, fault: str
) -> None:
    assert any(fault in found for found in broken(file, old, new))
