"""The engine: answers to the open question, beginnings of conversations, and then a person.

It runs inside the receiver's transaction, with everything that a flow writes: a message is
worked through wholly or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commons import i18n
from commons.database import transaction
from commons.errors import DomainError
from commons.messaging import replies
from commons.messaging.conversations import state
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
from commons.messaging.conversations.state import Open
from commons.messaging.models import Message, Topic
from commons.messaging.replies import Inbound
from commons.messaging.words import ANSWERS, plain, read_number, words

# More words than these are a message, not a slip: a person gets them at once.
MOST_SLIPPED = 3


class Engine:
    """Carries conversations on: one question a message, at most one answer to each."""

    def __init__(self, flows: Sequence[Flow]) -> None:
        """Take the flows; where two recognise a text, the first of them begins.

        Raises ValueError for two of one name.
        """
        self.flows = tuple(flows)
        self._named = {flow.name: flow for flow in flows}
        if len(self._named) != len(self.flows):
            raise ValueError("Two conversations have the same name.")

    def may_begin(self, text: str) -> Started | None:
        """Return how a stranger's words begin something that strangers may, or None."""
        found = self._begun(text, [flow for flow in self.flows if flow.strangers])
        return found[1] if found else None

    def handle(self, inbound: Inbound) -> str | None:
        """Return the answer to an answer or a beginning; None for what is neither.

        The empty string means that it is dealt with and nothing is said. A reaction, and words
        that quote something else than our newest question, are never for the engine.
        """
        if not _addressed(inbound):
            return None
        asked = self._open(inbound)
        begun = self._begun(inbound.text, self.flows)
        if asked is not None and inbound.at <= asked.heard_at:
            # Sent before the question was: no answer to it. It may still be one to an alert, and a
            # sentence still finds its reader.
            lost = begun or (
                self._is_short_answer(asked, inbound) and inbound.meaning not in ANSWERS
            )
            return "" if lost else None
        value = None
        if asked is not None and not _means_an_alert(inbound, asked):
            value = self._value(asked, inbound)
        if (value is None and begun is None) or not replies.allowed("conversation", inbound.person):
            return None
        if asked is not None and value is not None:
            return self._answered(asked, inbound, value)
        return self._begin(*begun, inbound) if begun is not None else None

    def ask_again(self, inbound: Inbound) -> str | None:
        """Return the open question once more, where no other handler made sense of the words.

        After the second misunderstanding in a row the words are left to a person.
        """
        asked = self._open(inbound) if _addressed(inbound) else None
        if asked is None:
            return None
        if inbound.at <= asked.heard_at:
            return "" if self._is_short_answer(asked, inbound) else None
        value = self._value(asked, inbound)
        if not replies.allowed("conversation", inbound.person):
            return None
        if value is not None:
            # A 1 that was for an alert, had there been one.
            return self._answered(asked, inbound, value)
        if asked.misses:
            state.close(inbound.person)
            replies.leave_to_a_person(inbound)
            return ""
        if len(plain(inbound.text).split()) > MOST_SLIPPED:
            replies.keep(inbound)
        flow, talk = self._named[asked.flow], _talk(inbound, asked)
        state.ask(
            inbound.person, asked.flow, asked.question, asked.answers, inbound.at, asked.misses + 1
        )
        question = flow.questions[asked.question]
        hint = "ask_again" if question.choices is None else "answer_with_number"
        return f"{words(inbound.person.language).say(hint)}\n{rendered(question, talk)}"

    # -- one turn -----------------------------------------------------------

    def _open(self, inbound: Inbound) -> Open | None:
        """Return the question of ours that is open; other features keep questions of their own."""
        asked = state.current(inbound.person, inbound.at)
        flow = self._named.get(asked.flow) if asked else None
        return asked if asked and flow and asked.question in flow.questions else None

    def _value(self, asked: Open, inbound: Inbound) -> str | None:
        question = self._named[asked.flow].questions[asked.question]
        talk = _talk(inbound, asked)
        if question.choices is not None:
            value = _chosen(question.choices(talk), inbound.text)
            if value is not None:
                return value
        return question.read(talk) if question.read is not None else None

    def _is_short_answer(self, asked: Open, inbound: Inbound) -> bool:
        """Return whether words answer one or another question, and tell a person nothing."""
        if read_number(inbound.text) is not None or inbound.meaning != "other":
            return True
        choices = self._named[asked.flow].questions[asked.question].choices
        return choices is not None and (
            _chosen(choices(_talk(inbound, asked)), inbound.text) is not None
        )

    def _begun(self, text: str, flows: Sequence[Flow]) -> tuple[Flow, Started] | None:
        for flow in flows:
            started = flow.recognise(text)
            if started is not None:
                return flow, started
        return None

    def _answered(self, asked: Open, inbound: Inbound, value: str) -> str:
        flow, talk = self._named[asked.flow], _talk(inbound, asked)
        question = flow.questions[asked.question]
        return _carried_on(flow, talk, inbound, lambda: question.answer(talk, value))

    def _begin(self, flow: Flow, started: Started, inbound: Inbound) -> str:
        talk = Talk(inbound.person, inbound.at, inbound.text, started.answers)
        return _carried_on(flow, talk, inbound, lambda: flow.begin(talk))


def rendered(question: Question, talk: Talk) -> str:
    """Return a question with its numbered choices, as it is sent."""
    # The turn before may have changed the person's language.
    with i18n.use(talk.person.language):
        lines = [choice.words for choice in question.choices(talk)] if question.choices else []
        asked = question.ask(talk)
    numbered = words(talk.person.language).numbered(lines)
    return f"{asked}\n{numbered}" if numbered else asked


def _carried_on(flow: Flow, talk: Talk, inbound: Inbound, turn: Callable[[], Next]) -> str:
    """Take a turn and return what is said next; what goes wrong ends the conversation."""
    try:
        with transaction():
            following = turn()
    except DomainError as error:
        following = End(str(error))
    person = talk.person
    if isinstance(following, Ask):
        answers = {**talk.answers, **following.answers}
        state.ask(person, flow.name, following.question, answers, talk.at)
        next_talk = Talk(person, talk.at, talk.text, answers)
        return rendered(flow.questions[following.question], next_talk)
    state.close(person)
    if isinstance(following, End):
        return following.text
    replies.leave_to_a_person(inbound)
    return ""


def _talk(inbound: Inbound, asked: Open) -> Talk:
    return Talk(inbound.person, inbound.at, inbound.text, asked.answers)


def _chosen(choices: Sequence[Choice], text: str) -> str | None:
    """Return the value of the choice that a number or its words pick."""
    number = read_number(text)
    if number is not None:
        return choices[number - 1].value if 1 <= number <= len(choices) else None
    said = plain(text)
    for position, choice in enumerate(choices, start=1):
        name = plain(choice.words)
        if said and said in {name, f"{position} {name}", *map(plain, choice.also)}:
            return choice.value
    return None


def _addressed(inbound: Inbound) -> bool:
    """Return whether words may be for the engine: they quote nothing, or our newest answer."""
    if inbound.meaning == "reaction":
        return False
    if inbound.about is None:
        return True
    newest = (
        Message.select(Message.id)
        .join(Topic)
        .where(Message.person == inbound.person, Topic.site.is_null())
        .order_by(Message.id.desc())
        .first()
    )
    return newest is not None and bool(newest.id == inbound.about.id)


def _means_an_alert(inbound: Inbound, asked: Open) -> bool:
    """Return whether an answer to alerts may be about something newer than the question.

    A 1 that follows an alert must not say yes to a question of ten minutes ago.
    """
    if inbound.meaning not in ANSWERS:
        return False
    newer = Message.select().join(Topic).where(Message.person == inbound.person)
    newer = newer.where(Topic.site.is_null(False), Message.sent_at > asked.heard_at)
    return bool(newer.exists())
