"""The relay's own phrases, and the answers it understands."""

from __future__ import annotations

import re

import pytest

from commons.messaging import words as module
from commons.messaging.conversations.flows import Started
from commons.messaging.words import (
    COMMANDS,
    LOCALES,
    MEANINGS,
    PHRASES,
    Words,
    command,
    plain,
    read_code,
    read_number,
    read_reply,
    sayings,
    words,
)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_phrase_can_be_said(locale: str) -> None:
    for phrase, names in PHRASES.items():
        said = words(locale).say(phrase, **dict.fromkeys(names, "K7"))
        assert said.strip()
        assert "{" not in said


@pytest.mark.parametrize("locale", LOCALES)
def test_phrases_offer_words_that_are_understood(locale: str) -> None:
    known = words(locale)
    for phrase, meaning in (
        ("stop_done", "start"),
        ("start_hint", "start"),
        ("start_done", "stop"),
        ("help", "stop"),
    ):
        offered = plain(known.phrases[phrase])
        assert any(word in offered for word in known.replies[meaning]), phrase


def test_each_word_means_one_thing_in_all_languages() -> None:
    meanings: dict[str, set[str]] = {}
    for locale in LOCALES:
        for meaning in MEANINGS:
            for word in words(locale).replies[meaning]:
                assert word == plain(word)
                meanings.setdefault(word, set()).add(meaning)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", "ack"),
        ("１", "ack"),
        ("۱", "ack"),
        ("١", "ack"),
        ("1️⃣", "ack"),
        ("①", "ack"),
        ("👍", "ack"),
        ("👍🏽", "ack"),
        ("✔️", "ack"),
        (" OK! ", "ack"),
        ("Recibí.", "ack"),
        ("¡Sí!", "ack"),
        ("recibi", "ack"),
        ("네!", "ack"),
        ("收到。", "ack"),
        ("ՍՏԱՑԱ։", "ack"),
        ("دریافت شد", "ack"),
        ("K7 1", "ack"),
        ("1 K7.v2", "ack"),
        ("STOP", "stop"),
        ("Stop.", "stop"),
        ("Alto", "stop"),
        ("중지", "stop"),
        ("“停止”", "stop"),
        ("ՍՏՈՊ", "stop"),
        ("توقف.", "stop"),
        ("نمی‌خواهم", "stop"),
        ("نميخواهم", "stop"),
        ("INICIO", "start"),
        ("개시", "other"),
        ("시작", "start"),
        ("help", "help"),
        ("?", "help"),
        ("2", "safe"),
        ("Estoy a salvo.", "safe"),
        ("I’m safe", "safe"),
        ("3", "help_me"),
        ("¡Necesito ayuda!", "help_me"),
        ("🆘", "help_me"),
        ("کمک لازم دارم", "help_me"),
        ("AYUDA", "help"),
        ("4", "number:4"),
        ("۱۲", "number:12"),
        ("4)", "number:4"),
        ("alto, hay agentes en la puerta", "other"),
        ("", "other"),
        ("K7", "other"),
        ("😀", "other"),
        ("ok " * 200, "other"),
    ],
)
def test_reads_an_answer_in_any_language(text: str, meaning: str) -> None:
    assert read_reply(text) == meaning


def test_reads_numbers_and_codes_by_themselves() -> None:
    assert read_number("۱") == 1
    assert read_number("one") is None
    assert read_number("12135550123") is None
    assert read_code("1 k7.v2") == "K7"
    assert read_code("K7 or K8") is None
    assert read_code("1") is None


def test_an_unknown_language_gets_english_and_reviews_are_honest() -> None:
    assert words("tlh") == words("en")
    assert not any(words(locale).reviewed for locale in LOCALES)


def test_values_are_isolated_in_persian() -> None:
    assert re.search("\u2068K7\u2069", words("fa").say("ack_thanks", code="K7"))


@pytest.mark.parametrize("key", COMMANDS)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_command_has_a_word_that_begins_it(locale: str, key: str) -> None:
    for word in words(locale).commands[key]:
        found = command(key)(word.upper())
        assert found is not None
        assert found.language in {locale, None}
        assert all(command(other)(word) is None for other in COMMANDS if other != key)


@pytest.mark.parametrize(
    ("key", "text", "rest"),
    [
        ("join", "JOIN ABCD-1234", "ABCD-1234"),
        ("join", "Unirme  abcd 1234 ñu", "abcd 1234 ñu"),
        ("language", "زبان فارسی", "فارسی"),
        ("my_data", "mis datos PDF", "PDF"),
        ("lock", "lock 4821", "4821"),
    ],
)
def test_what_follows_a_command_is_kept_as_typed(key: str, text: str, rest: str) -> None:
    found = command(key)(text)
    assert found is not None
    assert found.answers == {"rest": rest}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("leave", "leave now, agents are at the door"),
        ("person", "person with a gun"),
        ("help", "help us"),
        ("lock", "lock all the doors"),
        ("no", "no school today?"),
        ("yes", "yes but who are you"),
        ("join", "rejoin ABC"),
        ("join", "join " * 60),
    ],
)
def test_a_sentence_is_no_command(key: str, text: str) -> None:
    assert command(key)(text) is None


def test_a_word_of_several_languages_shows_none() -> None:
    assert command("no")("no") == Started({}, None)
    assert {plain("sí"), plain("네"), plain("بله")} <= sayings("yes")


@pytest.mark.parametrize(("key", "word"), [("leave", "join"), ("leave", "stop"), ("no", "ok")])
def test_a_word_with_two_meanings_is_refused(
    monkeypatch: pytest.MonkeyPatch, key: str, word: str
) -> None:
    real = words("en")
    wrong = Words(
        real.locale,
        real.direction,
        real.reviewed,
        real.phrases,
        real.replies,
        {**real.commands, key: real.commands[key] | {word}},
    )
    read = module.written
    monkeypatch.setattr(module, "written", lambda code: wrong if code == "en" else read(code))
    with pytest.raises(ValueError, match="means two things"):
        module._commands.__wrapped__()


def test_numbered_lines_keep_their_numbers_first_in_both_directions() -> None:
    assert words("en").numbered(["English", "Español"]) == "1 English\n2 Español"
    assert words("en").numbered(["فارسی"]) == "\u200e1 \u2068فارسی\u2069"
    assert words("fa").numbered(["English"]) == "\u200f1 \u2068English\u2069"
    assert words("en").numbered([]) == ""
