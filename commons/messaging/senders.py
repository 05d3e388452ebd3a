"""Who an inbound thing is from, and learning Signal's account ids from it.

An account id is believed where the gateway itself says which number it belongs to: in an
envelope that carries both, or in its list of contacts; `checked_at` says when it did. A receipt
only lets us suppose it, and nothing is sent to a supposed id: whoever got one message could guess
another's timestamp, and would be sent their alerts from then on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from commons import clock
from commons.database import transaction
from commons.messaging.envelopes import Heard
from commons.roster.models import ContactMethod, MethodKind, MethodState
from commons.roster.numbers import is_account_id


def identify(heard: Heard) -> ContactMethod | None:
    """Return the Signal contact that something came from, and learn its account id."""
    known = _by_aci(heard.aci) if heard.aci else None
    supposed = known is not None and known.checked_at is None
    if known is not None and heard.number is not None and not supposed:
        _show_number(known, heard.number)
    if heard.number is None or (known is not None and not supposed):
        return known
    if supposed and known is not None:
        _forget(known)
    method = _by_number(heard.number)
    if method is not None and heard.aci:
        _learn(method, heard.aci)
    return method


def learn(pairs: Iterable[tuple[str, str]], wanted: Collection[str]) -> int:
    """Learn the wanted account ids from the gateway's contacts; return how many were ours."""
    learnt = 0
    with transaction():
        for number, aci in pairs:
            if aci.lower() in wanted and _by_aci(aci.lower()) is None:
                method = _by_number(number)
                if method is not None:
                    _learn(method, aci.lower())
                    learnt += 1
    return learnt


def suppose(method: ContactMethod, aci: str) -> None:
    """Take an account id for a contact's until the gateway says better; nothing is sent to it."""
    _keep(method, aci, None)


def works(method_id: int) -> None:
    """Note that a contact method works: something arrived there, or came from there."""
    ContactMethod.update(state=MethodState.WORKING).where(
        ContactMethod.id == method_id, ContactMethod.state != MethodState.WORKING
    ).execute()


def fails(method_id: int) -> None:
    """Note that a contact method does not work for now."""
    ContactMethod.update(state=MethodState.FAILING).where(ContactMethod.id == method_id).execute()


def _learn(method: ContactMethod, aci: str) -> None:
    _keep(method, aci, clock.now())


def _show_number(method: ContactMethod, number: str) -> None:
    """Keep the number of somebody who had hidden it, unless it is somebody else's already."""
    value = method.reveal("value")
    if not is_account_id(value) or _by_number(number) is not None:
        return
    ContactMethod.update(
        value_index=ContactMethod.value_index.of(number),
        **ContactMethod.sealed(method.public_id, value=number),
    ).where(
        ContactMethod.id == method.id,
        ContactMethod.value_index == ContactMethod.value_index.of(value),
    ).execute()


def _forget(method: ContactMethod) -> None:
    ContactMethod.update(recipient=None, recipient_index=None, checked_at=None).where(
        ContactMethod.id == method.id
    ).execute()


def _keep(method: ContactMethod, aci: str, checked: dt.datetime | None) -> None:
    ContactMethod.update(
        checked_at=checked,
        recipient_index=ContactMethod.recipient_index.of(aci),
        **ContactMethod.sealed(method.public_id, recipient=aci),
    ).where(ContactMethod.id == method.id).execute()


def _by_aci(aci: str) -> ContactMethod | None:
    found: ContactMethod | None = ContactMethod.get_or_none(
        ContactMethod.recipient_index == ContactMethod.recipient_index.of(aci)
    )
    return found


def _by_number(number: str) -> ContactMethod | None:
    found: ContactMethod | None = ContactMethod.get_or_none(
        ContactMethod.kind == MethodKind.SIGNAL,
        ContactMethod.value_index == ContactMethod.value_index.of(number),
    )
    return found
