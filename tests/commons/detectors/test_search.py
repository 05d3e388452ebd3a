"""What a finding promises: its place, its order, its words, and that no text breaks it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons import i18n
from commons.detectors import Finding, Kind, find
from commons.detectors.findings import settle

TRICKY = st.text(alphabet=st.sampled_from(list("a1 .-@+hidePlate'\u0301\u200b\u00a0\n１ñÑİﷺ½:/°,")))
LONG = 100_000


@given(st.text() | TRICKY)
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_it_and_every_finding_stands_where_it_says(text: str) -> None:
    findings = find(text)
    assert findings == sorted(findings)
    assert all(f.text == text[f.start : f.end] and f.start < f.end for f in findings)
    assert all(a.end <= b.start for a, b in itertools.pairwise(findings))


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_mail_address_on_its_own_line_is_found_whatever_surrounds_it(a: str, b: str) -> None:
    found = [f for f in find(f"{a}\n ana@example.org \n{b}") if f.kind in (Kind.EMAIL, Kind.LINK)]
    assert any("ana@example.org" in f.text for f in found)


@pytest.mark.parametrize(
    "piece",
    ["a ", "1 ", "a", "1", "a.", "@", "a@", "555-", "one ", "calle ", "12 Oak ", "hide ", "(",
     "no hide, ", "www.", "Ana ", "my son ", "plate 1 ", "a\u0301\u0301", "\u200b", "lat 1.1 "],
)  # fmt: skip
def test_a_hostile_text_of_a_hundred_thousand_signs_comes_to_an_end(piece: str) -> None:
    text = (piece * LONG)[:LONG]
    assert all(f.text == text[f.start : f.end] for f in find(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x ２１３－５５５－０１２３ y", "２１３－５５５－０１２３"),
        ("x 213\u00a0555\u00a00123 y", "213\u00a0555\u00a00123"),
        ("x 2\u200b13.555.01\u200b23 y", "2\u200b13.555.01\u200b23"),
        ("x two one three 555 oh one two three y", "two one three 555 oh one two three"),
        ("x 2️⃣1️⃣3️⃣5️⃣5️⃣5️⃣0️⃣1️⃣2️⃣3️⃣ y", "2️⃣1️⃣3️⃣5️⃣5️⃣5️⃣0️⃣1️⃣2️⃣3️⃣"),
        ("x ٢١٣٥٥٥٠١٢٣ y", "٢١٣٥٥٥٠١٢٣"),
    ],
)
def test_a_number_in_disguise_is_found_at_its_place(text: str, found: str) -> None:
    assert [(f.kind, f.text) for f in find(text)] == [(Kind.PHONE, found)]


@pytest.mark.parametrize(
    "text", ["Hіdе in the gym.", "H.i.d.e in the gym.", "HIDE\u2003in the gym."]
)
def test_a_word_in_disguise_is_found(text: str) -> None:
    assert [f.kind for f in find(text)] == [Kind.ACTION]


@pytest.mark.parametrize(
    "text",
    [
        "Do not block the gate.",
        "Please do not hide, run away or confront anyone.",
        "Por favor, no vengan a la escuela.",
        "No bloqueen ni persigan a nadie.",
    ],
)
def test_to_say_what_not_to_do_is_welcome(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Don't wait, block the gate.",
        "Do not just stand there and block the gate.",
        "Not today. Block the gate.",
        "No esperen, bloqueen la puerta.",
        "No solo miren, bloqueen la puerta.",
        "Do not panic and hide.",
    ],
)
def test_a_no_to_something_else_excuses_nothing(text: str) -> None:
    assert [f.kind for f in find(text)] == [Kind.ACTION]


def test_of_two_that_overlap_the_stronger_kind_stays() -> None:
    phone, link = Finding(3, 9, Kind.PHONE, ""), Finding(0, 10, Kind.LINK, "")
    assert settle([phone, link]) == [link]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_whole_sentences(kind: Kind) -> None:
    with i18n.use("en"):
        assert str(kind.sentence()).startswith("This ")
        assert str(kind.sentence()).endswith(".")
