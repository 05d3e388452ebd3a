"""What is held about a person: who they are, where, what they agreed to, what reached them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from commons import i18n
from commons.accounts.by_signal.models import SignInRequest
from commons.accounts.models import Account, Membership
from commons.accounts.own_data.gathering import Row, Section, of_person
from commons.accounts.own_data.words import (
    JOINING,
    MESSAGES,
    METHOD_STATES,
    METHODS,
    TRUST,
    who,
)
from commons.accounts.roles import role_words
from commons.audit import AuditContent, AuditLink
from commons.i18n import gettext as _
from commons.messaging.models import Conversation, Message, Reply, Topic
from commons.roster.joining.models import JoinRequest
from commons.roster.models import (
    Assignment,
    Consent,
    ContactMethod,
    Person,
    RosterEntry,
    Slot,
)
from commons.roster.numbers import spaced
from commons.roster.trust.models import TrustRecord, Vouch
from commons.roster.words import CONSENTS, GROUPS, SLOTS
from commons.sites.models import District, Site


@of_person("person")
def itself(person: Person) -> Section:
    """Read what they are called, and their language."""
    row: Row = {
        _("Name"): person.reveal("name"),
        _("Language of messages"): i18n.NAMES.get(person.language, person.language),
        _("Here since"): person.created_at,
    }
    return Section("person", _("Who you are"), [row])


@of_person("contact_method")
def methods(person: Person) -> Section:
    """Read how they can be reached, in full: it is their own number."""
    rows: list[Row] = [
        {
            _("Way"): str(METHODS[row.kind]),
            _("Number or address"): _readable(row.reveal("value")),
            _("Signal’s own id"): row.reveal("recipient"),
            _("State"): str(METHOD_STATES[row.state]),
        }
        for row in _theirs(ContactMethod, person)
    ]
    return Section("methods", _("How you can be reached"), rows)


@of_person("roster_entry")
def entries(person: Person) -> Section:
    """Read on which rosters they are or were."""
    rows: list[Row] = [
        {
            _("School"): row.site.name,
            _("As"): str(GROUPS[row.group]),
            _("Since"): row.since,
            _("Until"): row.until,
        }
        for row in _theirs(RosterEntry, person, Site)
    ]
    return Section("roster", _("Schools that list you"), rows)


@of_person("consent")
def consents(person: Person) -> Section:
    """Read what they agreed to, and how that is known."""
    rows: list[Row] = [
        {
            _("School"): row.site.name,
            _("Alerts"): str(CONSENTS[row.state]),
            _("How it is known"): row.reveal("source"),
            _("Written down by"): str(who(row.recorded_by)),
            _("Since"): row.since,
            _("You were told"): row.told_at,
            _("Stopped"): row.withdrawn_at,
        }
        for row in _theirs(Consent, person, Site)
    ]
    return Section("consents", _("What you agreed to"), rows)


@of_person("assignment")
def slots(person: Person) -> Section:
    """Read which roles they fill or filled."""
    found: Any = Assignment.select(Assignment, Slot, Site, District).join(Slot)
    found = found.left_outer_join(Site).switch(Slot).left_outer_join(District)
    rows: list[Row] = [
        {
            _("Role"): str(SLOTS[row.slot.kind]),
            _("Where"): (row.slot.site or row.slot.district).name,
            _("Since"): row.since,
            _("Until"): row.until,
        }
        for row in found.where(Assignment.person == person).order_by(Assignment.id)
    ]
    return Section("roles", _("Roles you fill"), rows)


@of_person("join_request")
def requests(person: Person) -> Section:
    """Read where they asked to join."""
    rows: list[Row] = [
        {
            _("School"): row.site.name,
            _("As"): str(GROUPS[row.group]),
            _("Asked"): row.asked_at,
            _("Answer"): str(JOINING[row.state]),
            _("Answered"): row.decided_at,
        }
        for row in _theirs(JoinRequest, person, Site)
    ]
    return Section("joining", _("Schools you asked to join"), rows)


@of_person("trust_record")
def trust(person: Person) -> Section:
    """Read how far they are trusted, and since when."""
    rows: list[Row] = [
        {
            _("School"): row.site.name,
            _("What"): str(TRUST[row.kind]),
            _("Since"): row.since,
            _("Until"): row.ended_at or row.until,
        }
        for row in _theirs(TrustRecord, person, Site)
    ]
    return Section("trust", _("How far a school trusts you"), rows)


@of_person("vouch")
def vouches(person: Person) -> Section:
    """Read how many vouched for them, and for how many they did; never who."""
    live = Vouch.ended_at.is_null()
    got = Vouch.select().where(Vouch.person == person, live).count()
    given = Vouch.select().where(Vouch.voucher == person, live).count()
    row: Row = {_("Members who vouched for you"): got, _("Members you vouched for"): given}
    return Section("vouches", _("Vouching"), [row] if got or given else [])


@of_person("reply")
def replies(person: Person) -> Section:
    """Read the words of theirs that wait for a person, or were read by one."""
    rows: list[Row] = [
        {_("When"): row.received_at, _("Your words"): row.reveal("body"), _("Read"): row.handled_at}
        for row in _theirs(Reply, person)
    ]
    return Section("replies", _("What you wrote"), rows)


@of_person("message")
def messages(person: Person) -> Section:
    """Read what became of the messages to them; the words are in their Signal."""
    found: Any = Message.select(Message, Topic, Site).join(Topic).left_outer_join(Site)
    found = found.where(Message.person == person).order_by(Message.id.desc())
    rows: list[Row] = [
        {
            _("From"): row.topic.site.name if row.topic.site else _("Farolito itself"),
            _("When"): row.topic.created_at,
            _("What became of it"): str(MESSAGES[row.state]),
            _("Arrived"): row.delivered_at,
            _("Read"): row.read_at,
        }
        for row in found
    ]
    return Section("messages", _("Messages to you"), rows)


@of_person("conversation")
def conversation(person: Person) -> Section:
    """Read the question that is open with them."""
    rows: list[Row] = [
        {
            _("What it is about"): row.flow,
            _("Your answers so far"): ", ".join(json.loads(row.reveal("answers")).values()),
            _("Open until"): row.expires_at,
        }
        for row in _theirs(Conversation, person)
    ]
    return Section("conversation", _("A question that is open with you"), rows)


@of_person("sign_in_request")
def sign_in_requests(person: Person) -> Section:
    """Read which pages wait for their code from Signal."""
    rows: list[Row] = [
        {
            _("Device"): row.device,
            _("Name that you gave"): row.reveal("name"),
            _("Asked"): row.asked_at or row.made_at,
            _("Open until"): row.expires_at,
        }
        for row in _theirs(SignInRequest, person)
    ]
    return Section("sign_in_requests", _("Pages that you opened with Signal"), rows)


@of_person("audit_content")
def looks(person: Person) -> Section:
    """Read who looked at their number, when and why."""
    found: Any = AuditContent.select(AuditContent, AuditLink).join(AuditLink)
    found = found.where(
        AuditContent.subject == f"person:{person.public_id}", AuditLink.kind == "number.revealed"
    )
    rows: list[Row] = [
        {
            _("When"): row.at,
            _("Who"): _looker(row.actor, row.link.chain),
            _("Reason"): json.loads(row.reveal("content"))["details"].get("reason", ""),
        }
        for row in found.order_by(AuditContent.id.desc())
    ]
    return Section("looks", _("Who looked at your number"), rows)


def _theirs(model: Any, person: Person, *joined: Any) -> Iterable[Any]:
    rows = model.select(model, *joined)
    for other in joined:
        rows = rows.join(other)
    return rows.where(model.person == person).order_by(model.id)  # type: ignore[no-any-return]


def _readable(value: str) -> str:
    return spaced(value) if value.startswith("+") else value


def _looker(ref: str, chain: str) -> str:
    """Return by role and school who looked: their name is theirs."""
    site = Site.get_or_none(Site.id == int(chain.removeprefix("site:")))
    role = (
        Membership.select(Membership.role)
        .join(Account)
        .where(Account.public_id == ref.removeprefix("account:"), Membership.site == site)
        .order_by(Membership.id.desc())
        .first()
    )
    name = site.name if site else ""
    words = role_words(role.role) if role else str(who(ref))
    return _("%(role)s, %(school)s", role=words, school=name)


SOURCES = (
    itself, methods, entries, consents, slots, requests, trust, vouches, looks, messages, replies,
    conversation, sign_in_requests,
)  # fmt: skip
