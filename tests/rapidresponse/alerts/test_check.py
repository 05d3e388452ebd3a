"""How much the message check refuses of what must not be sent, and how rarely it errs."""

import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commons import i18n
from rapidresponse.alerts import check as checks
from rapidresponse.alerts.check import check, clean, refused
from rapidresponse.alerts.checking import rules, search, sentences
from tests.rapidresponse.alerts.check_corpus import Sample, false_alarms, read, recall, refusals

SAMPLES = read()
HALVES = ("before", "after")


def of(language: str) -> list[Sample]:
    return [s for s in SAMPLES if s.language == language]


def half(name: str) -> list[Sample]:
    return [s for s in SAMPLES if (s.half == "before") == (name == "before")]


def note(text: str, audience: str = "A2", **given: object) -> set[str]:
    asked = {"certainty": "likely", "agency_confirmed": False} | given
    return {o.rule for o in check(text, audience=audience, **asked)}  # type: ignore[arg-type]


def test_the_corpus_is_large_and_balanced() -> None:
    counts = Counter((s.language, s.bad) for s in SAMPLES)
    assert set(counts) == {(language, bad) for language in ("en", "es") for bad in (True, False)}
    assert min(counts.values()) >= 150
    assert all(Counter(s.bad for s in half(name))[bad] >= 150 for name in HALVES for bad in (0, 1))
    assert len({(s.text, s.audience) for s in SAMPLES}) == len(SAMPLES)


def test_the_corpus_uses_only_numbers_that_nobody_has() -> None:
    for s in SAMPLES:
        if s.rule == "phone":
            digits = re.sub(r"\D", "", s.text)
            assert "55501" in digits or "five" in s.text or "5550134" in digits


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_language_is_checked_as_well(language: str) -> None:
    assert recall(of(language)) >= 0.98
    assert false_alarms(of(language)) <= 0.02


@pytest.mark.parametrize("name", HALVES)
def test_each_half_holds(name: str) -> None:
    assert recall(half(name)) >= 0.98
    assert false_alarms(half(name)) <= 0.02


def test_a_refusal_says_what_is_wrong() -> None:
    bad = [s for s in SAMPLES if s.bad]
    assert sum(s.rule in refusals(s) for s in bad) / len(bad) >= 0.95


def test_good_texts_are_seldom_doubted() -> None:
    good = [s for s in SAMPLES if not s.bad]
    doubted = [s.text for s in good if note(s.text, s.audience, agency_confirmed=True)]
    assert len(doubted) <= 0.03 * len(good), doubted


@pytest.fixture
def without_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "rules", tuple)


@pytest.fixture
def without_detectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "find", lambda _: [])


@pytest.mark.usefixtures("without_rules")
def test_a_check_without_its_word_lists_fails_the_gate() -> None:
    assert recall(SAMPLES) < 0.98


@pytest.mark.usefixtures("without_detectors")
def test_a_check_without_the_detectors_fails_the_gate() -> None:
    assert recall(SAMPLES) < 0.98


def test_a_check_without_names_fails_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "people", lambda _: ())
    assert recall(SAMPLES) < 0.98


@pytest.mark.parametrize(
    "key", ["agency", "action", "alarm", "where", "over", "drill", "warrant", "person"]
)
def test_a_rule_that_is_missing_is_noticed(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = tuple(rule for rule in rules.rules() if rule.key != key)
    monkeypatch.setattr(search, "rules", lambda: fewer)
    of_rule = [s for s in SAMPLES if s.rule == key]
    assert recall(of_rule) < 0.98


def test_a_check_that_refuses_everything_fails_the_gate() -> None:
    loud = check("", audience="A2", certainty="likely", agency_confirmed=False)
    assert refused(loud)
    assert false_alarms(SAMPLES, lambda _: loud) > 0.02


def _phishing() -> Iterator[str]:
    hosts = ("login-school.example.com", "farolito.example.org.verify.example.net", "bit.ly/x7Qa",
             "203.0.113.9/a", "http://farolito.example@evil.example.com")  # fmt: skip
    asks = (
        "Your account is locked, sign in at {}",
        "New alert, read it here: {}",
        "Confirm your number within 10 minutes: {}",
        "Su cuenta está bloqueada, entre en {}",
        "Aviso nuevo, léalo aquí: {}",
    )
    disguises = (
        lambda host: host,
        lambda host: host.replace(".", " dot "),
        lambda host: host.replace(".", "[.]"),
        lambda host: "hxxps://" + host,
        lambda host: host.replace("e", "\u200be"),
    )
    yield from (ask.format(hide(host)) for ask in asks for host in hosts for hide in disguises)
    for n in range(75):
        reach = (
            "call 213-555-01{:02}",
            "marque al (323) 555 01{:02}",
            "mail help{:02}@example.com",
        )
        yield f"The school needs your code, {reach[n % 3].format(n)}"


def test_no_phishing_text_passes() -> None:
    texts = list(_phishing())
    assert len(texts) == 200
    passed = [t for t in texts if not refused(check(t, audience="A2", certainty="likely",
              agency_confirmed=False, own_host="farolito.example.org"))]  # fmt: skip
    assert passed == []


def test_a_link_to_our_own_host_passes_and_one_that_borrows_its_name_does_not() -> None:
    own = "farolito.example.org"
    assert note(f"Read https://{own}/a/4 please.", own_host=own) == set()
    for link in (
        f"https://{own}.example.com/a",
        f"https://{own}@example.com",
        f"https://{own}\\@example.com",
        f"https://{own}:8443/a",
        f"ftp://{own}/a",
        f"x{own}/a",
    ):
        assert {"link", "email"} & note(f"Read {link} please.", own_host=own), link


ANY = st.text() | st.text(
    alphabet=st.sampled_from(
        list("ab é\u0301\u200b\u200d\u200c\u202e\u2066\n\t\x00م ن\ufffc\u3164")
    )
)


@given(ANY)
@example("\u0647\u200c\u0627")
@settings(max_examples=300, deadline=None)
def test_a_cleaned_text_is_one_line_without_hidden_or_turning_signs(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())
    for sign in cleaned:
        hidden = unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        assert not hidden or sign in "\u200c\u200d"
        assert unicodedata.bidirectional(sign) not in (
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")  # fmt: skip


@given(st.text(alphabet=st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0x24F)))
@settings(max_examples=100, deadline=None)
def test_plain_words_stay_as_they_were_typed(word: str) -> None:
    composed = unicodedata.normalize("NFC", word)
    assert clean(f"{composed} {composed}".strip()) == f"{composed} {composed}".strip()


def test_joiners_stay_where_letters_need_them() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("क्\u200dष") == "क्\u200dष"
    assert clean("I\u200dC\u200cE") == "ICE"


@given(ANY)
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_check(text: str) -> None:
    check(text, audience="A9", certainty="likely", agency_confirmed=False)
    checks.check_template(text, audience="A9", longest=700)


@pytest.mark.parametrize(
    "piece", ["they ", "agents at ", "i ", "1", "Ana ", "warrant ", "a.", "{", "@a"]
)
def test_a_hostile_text_comes_to_an_end(piece: str) -> None:
    assert "long" in note((piece * 40_000)[:40_000])


def test_every_rule_has_a_whole_sentence() -> None:
    used = {rule.key for rule in rules.rules()} | {"format", "long", "empty", "person"}
    assert used <= set(sentences.SENTENCES)
    with i18n.use("en"):
        assert all(str(s).endswith(".") and "!" not in str(s) for s in sentences.SENTENCES.values())
        assert str(sentences.sentence_for("agency", families=False)) == (
            "Say “agents” until the agency is confirmed."
        )


def test_importing_the_check_reads_no_word_lists() -> None:
    program = "import sys, rapidresponse.alerts.check; print('commons.detectors' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
