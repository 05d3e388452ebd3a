"""Everything that is held about one person, in sections: for a page, a file, a text in Signal.

A table that refers to people has a source here, or a reason in `LEFT_ASIDE`; a test compares
both with the inventory. Nothing in a section may say who somebody else is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commons import clock
from commons.accounts.models import Account
from commons.database import connection
from commons.roster.models import Person

Value = str | int | dt.datetime
Row = Mapping[str, Value | None]

# Tables with personal columns that no section shows, each with its reason.
LEFT_ASIDE = {
    "hold": "its reason is counsel's; that one exists is said when it stops an erasure",
    "invite": "its code belongs to a school, and to nobody in particular",
    "erasure": "made when everything else is gone; names nobody",
    "envelope": "whose it is shows only when it is opened, which empties it within the hour",
    "message_text": "what a school told many; each has it in Signal",
    "relay_account": "the number of the service itself",
    "alert_version": "its note is what a school told many; each has it in Signal",
    "after_review": "words about an alert; they name nobody",
}


@dataclass(frozen=True)
class Section:
    """Rows of one kind; a row maps what a person reads as its label to the value."""

    key: str
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Source:
    """A function that reads sections, and the tables that it covers."""

    tables: frozenset[str]
    read: Callable[[Person | None, Account | None], Iterable[Section]]


def of_person(*tables: str) -> Callable[[Callable[[Person], Section]], Source]:
    """Make a source of a function that reads one section about a person."""

    def make(read: Callable[[Person], Section]) -> Source:
        return Source(frozenset(tables), lambda person, _: [read(person)] if person else [])

    return make


def of_account(*tables: str) -> Callable[[Callable[[Account], Section]], Source]:
    """Make a source of a function that reads one section about an account."""

    def make(read: Callable[[Account], Section]) -> Source:
        return Source(frozenset(tables), lambda _, account: [read(account)] if account else [])

    return make


_from_above: tuple[Source, ...] = ()
_public_url = ""


def use(found: Sequence[Source], *, public_url: str) -> None:
    """Add the sources of what stands above commons; called once by the composition root."""
    global _from_above, _public_url
    _from_above, _public_url = tuple(found), public_url


def address(path: str) -> str:
    """Return the address of a page of ours, for a text."""
    return f"{_public_url}{path}"


def sources() -> tuple[Source, ...]:
    """Return every source, commons' own first."""
    from commons.accounts.own_data import about_accounts, about_persons

    return (*about_persons.SOURCES, *about_accounts.SOURCES, *_from_above)


def accounts_of(person: Person | None, account: Account | None) -> list[Account]:
    """Return the account that is signed in, and whatever else the person signs in with."""
    found = {account.id: account} if account is not None else {}
    if person is not None:
        for one in Account.select().where(Account.person == person).order_by(Account.id):
            found.setdefault(one.id, one)
    return list(found.values())


def gather(person: Person | None, account: Account | None) -> list[Section]:
    """Return what is held about a person and their accounts, without empty sections.

    The labels are in the language in force.
    """
    found: dict[str, Section] = {}
    with connection():
        for source in sources():
            read = list(source.read(person, None))
            for one in accounts_of(person, account):
                read += source.read(None, one)
            for section in read:
                before = found.get(section.key, section)
                rows = [*before.rows, *section.rows] if before is not section else section.rows
                found[section.key] = Section(section.key, section.title, rows)
    return [section for section in found.values() if section.rows]


def document(sections: Sequence[Section]) -> dict[str, Any]:
    """Return the sections as a document for JSON; times are in UTC."""
    return {
        "made_at": _plain(clock.now()),
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "rows": [{k: _plain(v) for k, v in row.items()} for row in section.rows],
            }
            for section in sections
        ],
    }


def _plain(value: Value | None) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, dt.datetime) else value
