"""PERSON: somebody's next words are read by a person at their school."""

from __future__ import annotations

from collections.abc import Sequence

from commons.messaging import replies
from commons.messaging.conversations.flows import Ask, Choice, End, Flow, Next, Question, Talk
from commons.messaging.replies import Inbound
from commons.messaging.words import command, words
from commons.roster.models import Person, RosterEntry
from commons.sites.models import Site

NAME = "person"
SITE = "site"


def person_flow() -> Flow:
    """Return the conversation that takes a message for the people of one of their schools."""
    which = Question(
        ask=lambda talk: words(talk.person.language).say("person_which"),
        choices=lambda talk: [Choice(site.public_id, site.name) for site in _sites(talk.person)],
        answer=lambda _talk, value: Ask("write", {SITE: value}),
    )
    write = Question(
        ask=lambda talk: words(talk.person.language).say("person_write"),
        read=lambda talk: talk.text.strip() or None,
        answer=_keep,
    )
    return Flow(NAME, command("person"), _begin, {"which": which, "write": write})


def _begin(talk: Talk) -> Next:
    sites = _sites(talk.person)
    if not sites:
        return End(words(talk.person.language).say("person_none"))
    return Ask("write", {SITE: sites[0].public_id}) if len(sites) == 1 else Ask("which")


def _keep(talk: Talk, value: str) -> Next:
    """Keep the words for the site, if they still belong to it; else for whom they are about."""
    site = next((one for one in _sites(talk.person) if one.public_id == talk.answers[SITE]), None)
    inbound = Inbound(talk.person, talk.at, "other", value)
    replies.keep(inbound, site.id if site else None)
    return End(words(talk.person.language).say("unknown"))


def _sites(person: Person) -> Sequence[Site]:
    here = RosterEntry.select(RosterEntry.site).where(
        RosterEntry.person == person, RosterEntry.until.is_null()
    )
    return list(Site.select().where(Site.id.in_(here)).order_by(Site.name, Site.id))
