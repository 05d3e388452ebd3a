"""HELP: which words work."""

from __future__ import annotations

from commons.messaging.conversations.flows import End, Flow, Talk
from commons.messaging.words import command, words

NAME = "help"


def help_flow() -> Flow:
    """Return the conversation of one message that lists the words that work."""
    return Flow(NAME, command("help"), _begin)


def _begin(talk: Talk) -> End:
    return End(words(talk.person.language).say("help"))
