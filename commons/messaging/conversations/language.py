"""LANGUAGE: which language somebody's messages are in, chosen from their own phone."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from commons import i18n
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.messaging.conversations.flows import (
    Ask,
    Choice,
    End,
    Flow,
    Next,
    Question,
    Started,
    Talk,
)
from commons.messaging.words import LOCALES, command, plain, words
from commons.roster.models import Person

NAME = "language"
# How speakers of one language call another, and their own.
_OTHER_NAMES = {
    "inglés": "en", "영어": "en", "英语": "en", "英語": "en", "անգլերեն": "en", "انگلیسی": "en",
    "castellano": "es", "coreano": "ko", "한글": "ko", "中文": "zh_Hans", "汉语": "zh_Hans",
    "漢語": "zh_Hans", "普通话": "zh_Hans", "chino": "zh_Hans", "armenio": "hy", "persa": "fa",
}  # fmt: skip


def language_flow() -> Flow:
    """Return the conversation in which a person picks their language, by name or from a list."""
    which = Question(
        ask=lambda talk: words(talk.person.language).say("language_which"),
        choices=lambda _talk: choices(),
        answer=lambda talk, value: End(_spoken(talk.person, value)),
    )
    return Flow(NAME, recognise, _begin, {"which": which})


def choices(first: str = "") -> list[Choice]:
    """Return the languages that the relay speaks, each in its own words, one of them first."""
    codes = sorted(LOCALES, key=lambda code: code != first)
    return [Choice(code, i18n.NAMES[code], _also(code)) for code in codes]


def recognise(text: str) -> Started | None:
    """Return how LANGUAGE begins: by its command, with a language behind it, or by that alone.

    A command with anything else behind it, such as *language barrier*, is not for this flow.
    """
    direct = _names().get(plain(text))
    if direct:
        return Started({"language": direct}, direct)
    found = command("language")(text)
    if found is None or "rest" not in found.answers:
        return found
    code = _names().get(plain(found.answers["rest"]))
    return Started({"language": code}, code) if code else None


def change(person: Person, code: str) -> None:
    """Set the language of a person's messages, and of what is said to them from here on.

    Raises Conflict when it changed a moment ago.
    """
    here = (Person.id == person.id) & (Person.language == person.language)
    if not Person.update(language=code).where(here).execute():
        raise Conflict(_l("Your language changed a moment ago. Try again."))
    person.language = code


def _begin(talk: Talk) -> Next:
    code = talk.answers.get("language")
    return End(_spoken(talk.person, code)) if code else Ask("which")


def _spoken(person: Person, code: str) -> str:
    change(person, code)
    return words(code).say("language_done")


@functools.cache
def _names() -> Mapping[str, str]:
    """Return what each language is called, by itself and by others, and its code."""
    called = {plain(i18n.NAMES[code]): code for code in LOCALES}
    # Tags such as `es` stay out: a word of two letters may mean anything.
    called |= {
        name: code for name, code in i18n.ALIASES.items() if name.isalpha() and len(name) > 3
    }
    called |= {plain(name): code for name, code in _OTHER_NAMES.items()}
    return {name: code for name, code in called.items() if code in LOCALES}


def _also(code: str) -> frozenset[str]:
    return frozenset(name for name, its in _names().items() if its == code)
