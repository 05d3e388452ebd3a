"""The library's own texts pass the check that others' texts must pass, and keep its tone."""

import re
from collections.abc import Iterator

import pytest

from rapidresponse.alerts.check import FAMILIES, check, check_template
from rapidresponse.alerts.checking import shape
from rapidresponse.alerts.pack import Words, load_pack

PACK = load_pack()
WORD = re.compile(r"[^\W\d_]+")
SENTENCE = re.compile(r"[^.!?:;。！？։؟\n]+")
# On screens only, not in a message; and the choices of a correction, which say what was said.
SCREENS = {"type_names"}
SPEAKS_OF_THE_END = {"old", "old_family", "new", "new_family"}


@pytest.mark.parametrize("locale", ["en", "es"])
def test_every_text_of_the_library_passes(locale: str) -> None:
    refusals = [
        (type_.key, kind.key, audience, o.rule, o.text)
        for type_ in PACK.types.values()
        for kind in type_.kinds.values()
        for audience in kind.parts
        for o in check_template(
            PACK.text(type_.key, kind.key, audience, locale).template,
            audience=audience, longest=PACK.longest, kind=kind.key,
        )
        if o.rule not in ("caps", "abbreviation")
    ]  # fmt: skip
    assert refusals == []


@pytest.mark.parametrize("locale", ["en", "es"])
def test_every_phrase_of_the_library_passes(locale: str) -> None:
    refusals = [
        (name, key, o.rule, o.text)
        for name, phrases in PACK.words[locale].phrases.items()
        if name not in SCREENS
        for key, phrase in phrases.items()
        for o in check(
            phrase,
            audience=FAMILIES if name.endswith("_family") else "A2",
            certainty="confirmed",
            agency_confirmed=name == "agencies",
        )
        if o.rule not in ("caps", "abbreviation")
        and not (o.rule == "over" and name in SPEAKS_OF_THE_END)
    ]
    assert refusals == []


def texts(words: Words) -> Iterator[str]:
    yield from words.parts.values()
    yield from (phrase for phrases in words.phrases.values() for phrase in phrases.values())


def loud(text: str) -> set[str]:
    """Return the words in capitals, of scripts that have them."""
    plain = re.sub(r"\{\w+\}", " ", text)
    return {w for w in WORD.findall(plain) if len(w) > 1 and w.isupper() and w.lower() != w}


@pytest.mark.parametrize("locale", PACK.words)
def test_no_text_exclaims(locale: str) -> None:
    assert [t for t in texts(PACK.words[locale]) if set(t) & set("!！¡՜")] == []


@pytest.mark.parametrize("locale", PACK.words)
def test_only_a_status_and_a_posture_stand_in_capitals(locale: str) -> None:
    words = PACK.words[locale]
    heads = (text for key, text in words.parts.items() if key.startswith("head_"))
    held = (*heads, *words.phrases["status"].values(), *words.phrases["postures"].values())
    known = set().union(*map(loud, held), shape.tone()["known"]["replies"].split())
    assert {t: loud(t) - known for t in texts(words) if loud(t) - known} == {}


@pytest.mark.parametrize("locale", PACK.words)
def test_sentences_are_short_on_average(locale: str) -> None:
    for type_ in PACK.types.values():
        for kind in type_.kinds.values():
            for audience in kind.parts:
                text = PACK.text(type_.key, kind.key, audience, locale).template
                assert average(text) <= shape.tone()["average_sentence"], (type_.key, kind.key)


def average(text: str) -> float:
    """Return words per sentence; two signs of a script without spaces count as a word."""
    sentences = [s for s in SENTENCE.findall(text) if WORD.search(s)]
    counts = [sum(_length(word) for word in WORD.findall(s)) for s in sentences]
    return sum(counts) / len(counts)


def _length(word: str) -> float:
    return len(word) / 2 if re.match("[\u4e00-\u9fff]", word) else 1


def test_a_text_that_shouts_or_rambles_would_be_seen() -> None:
    assert loud("Hurry, COME {time}") == {"COME"}
    assert average("one two three four. " + "word " * 60) > 20
