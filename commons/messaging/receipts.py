"""Matching receipts to messages by (account, timestamp, recipient), in any order and number.

A receipt also settles a message whose answer was lost: its timestamp is the instant at which
the gateway began, so it lies in the window of that try.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from commons import clock
from commons.messaging import senders
from commons.messaging.consequences import UNKNOWN
from commons.messaging.envelopes import Receipt
from commons.messaging.models import Message, MessageState
from commons.roster.models import ContactMethod

SKEW = dt.timedelta(seconds=5)
# How long after the hand-over a try may still begin: connecting, reading, waiting for a receipt.
LONGEST_TRY = dt.timedelta(seconds=180)
_ARRIVED = (MessageState.DELIVERED, MessageState.READ)


def apply(
    receipt: Receipt, method: ContactMethod | None, now: dt.datetime, stranger: str = ""
) -> bool:
    """Take in a receipt; return False when it is too early to say whose it is.

    Without a known sender only a timestamp counts that belongs to a single message whose
    recipient's account id nobody knows yet; it is then supposed to be `stranger`.
    """
    settled = True
    for timestamp in receipt.timestamps:
        found = _exact(timestamp, method)
        if found is not None and found.method is not None and method is None and stranger:
            method = found.method
            senders.suppose(found.method, stranger)
        if found is None and method is not None:
            found = _in_doubt(timestamp, method.person_id)
        if found is None:
            settled = settled and not _too_early(timestamp, method, now)
        else:
            _arrived(found, timestamp, receipt)
    return settled


def _exact(timestamp: int, method: ContactMethod | None) -> Message | None:
    rows = list(Message.select().where(Message.timestamp == timestamp))
    if method is not None:
        return next((row for row in rows if row.person_id == method.person_id), None)
    if len(rows) != 1 or rows[0].method is None or rows[0].method.recipient is not None:
        return None
    return rows[0]


def _in_doubt(timestamp: int, person_id: int) -> Message | None:
    """Return the person's message without an answer whose last try includes the instant."""
    at = clock.from_milliseconds(timestamp)
    repeat: Any = (Message.state == MessageState.QUEUED) & Message.repeat
    failed: Any = (Message.state == MessageState.FAILED) & (Message.reason == UNKNOWN)
    under_way: Any = Message.state.in_([MessageState.SENDING, MessageState.UNKNOWN])
    rows = list(
        Message.select()
        .where(
            Message.person == person_id,
            Message.handed_at.between(at - LONGEST_TRY, at + SKEW),
            Message.timestamp.is_null(),
            under_way | repeat | failed,
        )
        .order_by(Message.handed_at)
    )
    before = [row for row in rows if row.handed_at <= at]
    return before[-1] if before else next(iter(rows), None)


def _too_early(timestamp: int, method: ContactMethod | None, now: dt.datetime) -> bool:
    """Return whether the answer that will bring this timestamp may still be on its way."""
    if now - clock.from_milliseconds(timestamp) > LONGEST_TRY:
        return False
    if method is None:
        return True
    query = Message.select().where(
        Message.person == method.person_id, Message.state == MessageState.SENDING
    )
    return bool(query.exists())


def _arrived(message: Message, timestamp: int, receipt: Receipt) -> None:
    when = receipt.when
    values: dict[str, Any] = {"delivered_at": message.delivered_at or when}
    state = MessageState.DELIVERED
    if receipt.read or message.state == MessageState.READ:
        state = MessageState.READ
    if receipt.read:
        values["read_at"] = message.read_at or when
    if message.timestamp is None:
        began = clock.from_milliseconds(timestamp)
        values |= {"timestamp": timestamp, "sent_at": began, "reason": ""}
    elif message.state not in (MessageState.SENT, *_ARRIVED):
        # Taken back or failed since: what a person was told of it stands.
        state = message.state
    Message.update(state=state, **values).where(
        Message.id == message.id, Message.state == message.state
    ).execute()
    if message.method_id is not None:
        senders.works(message.method_id)
