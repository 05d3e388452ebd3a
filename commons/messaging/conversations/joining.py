"""JOIN and a code: a family or volunteer asks to join a school, from nothing but Signal."""

from __future__ import annotations

from commons import limits
from commons.errors import Invalid, NotFound, RateLimited
from commons.messaging import outbox
from commons.messaging.conversations import language
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
from commons.messaging.words import COMMANDS, command, read_reply, sayings, words
from commons.permissions import Actor
from commons.roster.joining import codes, service
from commons.roster.joining.service import Asked
from commons.roster.models import Person
from commons.sites.models import Site

NAME = "joining"
# A code with a slip in it is still tried as one; more words are a sentence.
MOST_PARTS = 2


def joining_flow() -> Flow:
    """Return the conversation in which somebody asks to join: code, name, language, and a yes."""
    return Flow(
        NAME,
        recognise,
        _begin,
        {
            "code": Question(
                ask=lambda talk: _say(talk, "join_code"),
                read=lambda talk: _tried(talk.text),
                answer=_with_code,
            ),
            "name": Question(
                ask=lambda talk: _say(talk, "join_name"), read=_read_name, answer=_named
            ),
            "language": Question(
                ask=lambda talk: _say(talk, "language_which"),
                choices=lambda talk: language.choices(first=talk.person.language),
                answer=_spoken,
            ),
            "sure": Question(
                ask=lambda talk: _say(talk, "join_meaning", school=talk.answers["school"]),
                choices=_yes_or_no,
                answer=_decided,
            ),
        },
        strangers=True,
    )


def recognise(text: str) -> Started | None:
    """Return how JOIN begins: with its code, alone, or by the bare code.

    JOIN with other words behind it, such as *join us at the gate*, is not for this flow.
    """
    bare = codes.read(text)
    if bare:
        return Started({"code": bare})
    found = command("join")(text)
    if found is None or "rest" not in found.answers:
        return found
    code = _tried(found.answers["rest"])
    return Started({"code": code}, found.language) if code else None


def _tried(text: str) -> str | None:
    """Return what was meant as a code, right or with a slip in it; None for other words."""
    parts = text.split()
    together = "".join(parts)
    slip = len(parts) <= MOST_PARTS and any(c.isdigit() for c in together)
    return codes.read(together) or (together if slip else None)


def _begin(talk: Talk) -> Next:
    code = talk.answers.get("code")
    return _with_code(talk, code) if code else Ask("code")


def _with_code(talk: Talk, code: str) -> Next:
    try:
        invite = service.find_invite(code, person=talk.person.public_id)
    except NotFound:
        return End(_say(talk, "join_wrong_code"))
    except RateLimited:
        return _too_often(talk)
    known = bool(talk.person.reveal("name"))
    return Ask("sure" if known else "name", {"code": code, "school": invite.site.name})


def _read_name(talk: Talk) -> str | None:
    """Return the name that a message is; None for a sentence, a command or no name at all."""
    means_something = read_reply(talk.text) != "other" or any(
        command(key)(talk.text) for key in COMMANDS
    )
    if means_something or recognise(talk.text) or not any(c.isalpha() for c in talk.text):
        return None
    try:
        return service.chosen_name(talk.text)
    except Invalid:
        return None


def _named(_talk: Talk, value: str) -> Next:
    return Ask("language", {"name": value})


def _spoken(talk: Talk, value: str) -> Next:
    language.change(talk.person, value)
    return Ask("sure")


def _yes_or_no(talk: Talk) -> list[Choice]:
    return [Choice(key, _say(talk, f"join_{key}"), sayings(key)) for key in ("yes", "no")]


def _decided(talk: Talk, value: str) -> Next:
    if value == "no":
        return End(_say(talk, "join_not"))
    try:
        invite = service.find_invite(talk.answers["code"])
        name, tongue = talk.answers.get("name", ""), talk.person.language
        asked = service.ask_to_join(invite, talk.person, name, tongue, talk.at)
    except NotFound:
        return End(_say(talk, "join_wrong_code"))
    except RateLimited:
        return _too_often(talk)
    phrase = "join_here" if asked == Asked.ALREADY_HERE else "join_waiting"
    return End(_say(talk, phrase, school=invite.site.name))


def _too_often(talk: Talk) -> End:
    """Say it once an hour, and nothing in between."""
    try:
        limits.hit("join-told", talk.person.public_id)
    except RateLimited:
        return End()
    return End(_say(talk, "join_too_often"))


def _say(talk: Talk, phrase: str, **values: str) -> str:
    return words(talk.person.language).say(phrase, **values)


def _tell_admitted(_actor: Actor, site: Site, person: Person) -> None:
    _tell(person, "join_admitted", site)


def _tell_declined(_actor: Actor, site: Site, person: Person) -> None:
    _tell(person, "join_declined", site)


def _tell(person: Person, phrase: str, site: Site) -> None:
    outbox.say(person, words(person.language).say(phrase, school=site.name), "join")


# The roster lies below and knows no messages; what it decides is told here, in its transaction.
service.when_admitted.append(_tell_admitted)
service.when_declined.append(_tell_declined)
