"""The words of a version, before anything is stored."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.messaging.outbox import Recipient
from rapidresponse.alerts.composer import Intent, barred, body_hash, certainty_of, code_of
from rapidresponse.alerts.models import Certainty, VersionKind

ALL = ("A1", "A2", "A9")


@given(st.text())
def test_a_code_is_a_letter_and_two_digits(key: str) -> None:
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ][1-9][0-9]", code_of(key))
    assert code_of(key) == code_of(key)


@pytest.mark.parametrize(
    ("type_", "kind", "certainty", "out"),
    [
        ("T1", VersionKind.ALERT, Certainty.UNVERIFIED, ("A2", "A9")),
        ("T3", VersionKind.UPDATE, Certainty.UNVERIFIED, ("A2", "A9")),
        ("T1", VersionKind.ALERT, Certainty.CONFIRMED, ()),
        ("T15", VersionKind.ALERT, Certainty.UNVERIFIED, ()),
        ("T1", VersionKind.CORRECTION, Certainty.UNVERIFIED, ()),
        ("T1", VersionKind.ALL_CLEAR, Certainty.UNVERIFIED, ()),
    ],
)
def test_who_may_not_hear(
    type_: str, kind: VersionKind, certainty: Certainty, out: tuple[str, ...]
) -> None:
    assert barred(Intent(type_, kind, audiences=ALL), certainty) == out


def test_only_a_decision_of_the_school_is_sure_without_being_seen() -> None:
    sure = {t for t in ("T1", "T3", "T15") if certainty_of(Intent(t)) is Certainty.CONFIRMED}
    assert sure == {"T15"}
    assert certainty_of(Intent("T1", seen=True)) is Certainty.CONFIRMED


def test_the_hash_covers_words_people_and_who_is_held() -> None:
    texts = {("A9", "en"): "words"}
    one = Recipient(1, 1, "A9", "en", 1, held=True)
    hashes = {
        body_hash(texts, [one]),
        body_hash({("A9", "en"): "other"}, [one]),
        body_hash(texts, [one, Recipient(2, 2, "A9", "en", 1, held=True)]),
        body_hash(texts, [Recipient(1, 1, "A9", "en", 1)]),
        body_hash(texts, [Recipient(1, 7, "A9", "en", 1, held=True)]),
    }
    assert len(hashes) == 5
