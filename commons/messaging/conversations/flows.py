"""What a conversation is made of: flows, questions and choices, handed in as data.

A flow is begun by a command such as LANGUAGE, by a code, or by our own message. It asks one
question a message; `commons.messaging.conversations.engine` carries it on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from commons.roster.models import Person


@dataclass(frozen=True)
class Talk:
    """One turn of one person, as a flow's functions get it.

    `answers` holds what the flow began with and what they have answered so far, by question.
    The language of the person is in force.
    """

    person: Person
    at: dt.datetime
    text: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """One numbered answer; `also` holds further words for it, in whatever language."""

    value: str
    words: str
    also: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ask:
    """Go on with this question; `answers` is kept beside what is known already."""

    question: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class End:
    """The conversation is over; `text` is the last word, the empty string for none."""

    text: str = ""


@dataclass(frozen=True)
class ToPerson:
    """The conversation is over, and a person reads what they wrote."""


Next = Ask | End | ToPerson


@dataclass(frozen=True)
class Question:
    """One question, its numbered choices or how its free words are read, and what follows.

    `read` returns the value that free words mean, or None when they are not understood.
    """

    ask: Callable[[Talk], str]
    answer: Callable[[Talk, str], Next]
    choices: Callable[[Talk], Sequence[Choice]] | None = None
    read: Callable[[Talk], str | None] | None = None


@dataclass(frozen=True)
class Started:
    """A flow recognised how it begins: with these answers, in this language if it shows one."""

    answers: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True)
class Flow:
    """A whole conversation.

    `recognise` returns how it begins with a text, or None when the text is not its business; it
    may read the database and writes nothing. `strangers` says whether somebody whom nobody
    knows may begin it; they become a person without a name, and are forgotten within days.
    """

    name: str
    recognise: Callable[[str], Started | None]
    begin: Callable[[Talk], Next]
    questions: Mapping[str, Question] = field(default_factory=dict)
    strangers: bool = False
