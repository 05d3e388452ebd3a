"""How much the detectors find in 500 texts, and how often they cry without cause."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import pytest

from commons.detectors import Finding, Kind, find
from tests.commons.detectors.corpus import Sample, read, sample

SAMPLES = read()
Find = Callable[[str], Sequence[Finding]]


def recall(samples: Iterable[Sample], search: Find = find) -> float:
    chosen = [s for s in samples if s.marks]
    missed = sum(len(s.missed(search(s.text))) for s in chosen)
    return 1 - missed / sum(len(s.marks) for s in chosen)


def false_alarms(samples: Iterable[Sample], search: Find = find) -> float:
    clean = [s for s in samples if not s.marks]
    return sum(bool(search(s.text)) for s in clean) / len(clean)


def of(language: str) -> list[Sample]:
    return [s for s in SAMPLES if s.language == language]


def test_the_corpus_is_balanced() -> None:
    assert Counter((s.language, bool(s.marks)) for s in SAMPLES) == {
        (language, bad): 125 for language in ("en", "es") for bad in (True, False)
    }
    assert sum(s.before for s in SAMPLES) >= 250
    assert len({s.text for s in SAMPLES}) == 500


@pytest.mark.parametrize("kind", Kind)
def test_the_corpus_holds_forty_of_each_kind(kind: Kind) -> None:
    assert sum(mark.kind == kind for s in SAMPLES for mark in s.marks) >= 40


def test_the_corpus_uses_only_numbers_that_nobody_has() -> None:
    for s in SAMPLES:
        for mark in s.marks:
            digits = re.sub(r"\D", "", s.text[mark.start : mark.end])
            assert mark.kind != Kind.PHONE or len(digits) < 7 or "55501" in digits or "l" in s.text


def test_nearly_everything_is_found() -> None:
    assert recall(SAMPLES) >= 0.98


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_language_is_searched_as_well(language: str) -> None:
    assert recall(of(language)) >= 0.95
    assert false_alarms(of(language)) <= 0.02


@pytest.mark.parametrize("kind", Kind)
def test_no_kind_is_left_behind(kind: Kind) -> None:
    marked = [s for s in SAMPLES if any(mark.kind == kind for mark in s.marks)]
    missed = sum(m.kind == kind for s in marked for m in s.missed(find(s.text)))
    assert missed <= 0.05 * sum(m.kind == kind for s in marked for m in s.marks)


def test_clean_texts_pass() -> None:
    assert false_alarms(SAMPLES) <= 0.02


def test_beside_what_is_marked_nothing_is_found() -> None:
    spurious = [f for s in SAMPLES for f in s.spurious(find(s.text))]
    assert len(spurious) <= 0.02 * len(SAMPLES), spurious


def test_a_planted_miss_would_be_seen() -> None:
    assert recall([sample("en", False, "Nothing {phone:to find} here.")]) == 0
    assert recall(SAMPLES, lambda text: [f for f in find(text) if f.kind != Kind.PHONE]) < 0.98


def test_a_finding_of_another_kind_would_be_seen() -> None:
    planted = sample("en", False, "Call {link:213-555-0123} today.")
    assert recall([planted]) == 0
    assert planted.spurious(find(planted.text))


def test_a_planted_false_alarm_would_be_seen() -> None:
    loud = [*SAMPLES, *(sample("en", False, f"Ring 213-555-01{n}.") for n in range(10, 20))]
    assert false_alarms(loud) > 0.02
