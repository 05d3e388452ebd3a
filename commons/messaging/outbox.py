"""Putting messages into the queue, taking them back, and counting what became of them.

Nothing here talks to a gateway: rows are written in the transaction of whatever caused them,
and the relay comes for them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import fn

from commons import clock, crypto
from commons.database import connection, is_sqlite, transaction
from commons.messaging import doorbell
from commons.messaging.models import Channel, Message, MessageState, MessageText, Topic
from commons.messaging.statements import at, run, run_many
from commons.roster.models import ContactMethod, MethodKind, MethodState, Person

ANSWER_PRIORITY = 0
# An answer that comes later than this only confuses.
ANSWER_HOURS = 12

# By plain SQL: an alert writes thousands of rows inside the sender's own transaction. SQLite
# reads them from one value, in half the time of a statement for each; PostgreSQL takes a column
# at a time, twenty times faster.
_COLUMNS = """
INSERT INTO message (topic_id, text_id, person_id, method_id, channel, state, priority,
                     due_at, not_after, reason, attempts, repeat)
"""
_ONCE = " ON CONFLICT (topic_id, person_id, channel) DO NOTHING"
_BY_JSON = (
    _COLUMNS
    + """
SELECT ?, ? + (value & 4095), value >> 38, value >> 12 & 67108863, ?, ?, ?, ?, ?, '', 0, FALSE
FROM json_each(?) WHERE TRUE
"""
    + _ONCE
)
_BY_COLUMN = (
    _COLUMNS
    + """
SELECT ?, u.text_id, u.person_id, u.method_id, ?, ?, ?,
       ?::timestamptz, ?::timestamptz, '', 0, FALSE
FROM unnest(?::int[], ?::int[], ?::int[]) AS u(text_id, person_id, method_id)
"""
    + _ONCE
)
_KEEP_TEXT = """
INSERT INTO message_text (public_id, topic_id, audience, language, body, below)
VALUES (?, ?, ?, ?, ?, ?)
"""
_TEXTS = "SELECT audience, language, id FROM message_text WHERE topic_id = ?"


class Recipient(NamedTuple):
    """One person to be told, by which way, with which text, and how urgently (lower first)."""

    person_id: int
    method_id: int
    audience: str
    language: str
    priority: int
    held: bool = False


def enqueue(
    subject: str,
    site_id: int | None,
    texts: Mapping[tuple[str, str], str],
    recipients: Sequence[Recipient],
    *,
    not_after: dt.datetime | None = None,
    below: Mapping[str, str] | None = None,
) -> Topic:
    """Queue one text for each recipient; `texts` maps (audience, language) to words.

    `below` says for an audience what the relay puts below the words, for each recipient. A person
    listed twice gets one message. Raises KeyError when a recipient has no text, and
    IntegrityError when the subject was queued before. After the commit the relay is woken.
    """
    now = clock.now()
    with transaction():
        topic = Topic.create(subject=subject, site=site_id, created_at=now)
        ids = _keep_texts(topic.id, texts, below or {})
        _insert(topic.id, ids, recipients, now, not_after)
        doorbell.ring_at_commit()
    return topic


def _keep_texts(
    topic_id: int, texts: Mapping[tuple[str, str], str], below: Mapping[str, str]
) -> dict[tuple[str, str], int]:
    """Seal and store the words, and return the key of each text."""
    rows, column = [], MessageText.body
    for (audience, language), words in texts.items():
        public_id = crypto.public_id()
        sealed = column.db_value(column.seal(public_id, words))
        rows.append((public_id, topic_id, audience, language, sealed, below.get(audience)))
    run_many(_KEEP_TEXT, rows)
    found = run(_TEXTS, topic_id).fetchall()
    return {(audience, language): key for audience, language, key in found}


def _insert(
    topic_id: int,
    text_ids: Mapping[tuple[str, str], int],
    recipients: Iterable[Recipient],
    now: dt.datetime,
    not_after: dt.datetime | None,
) -> None:
    # What is alike is said once; within it the order stays, since it is the order of sending.
    alike: defaultdict[tuple[int, bool], list[tuple[int, int, int]]] = defaultdict(list)
    for person, method, audience, language, priority, held in recipients:
        alike[priority, held].append((text_ids[audience, language], person, method))
    channel, due, last = Channel.SIGNAL.value, at(now), None if not_after is None else at(not_after)
    for (priority, held), rows in alike.items():
        state = (MessageState.HELD if held else MessageState.QUEUED).value
        values = (topic_id, channel, state, priority, due, last)
        if is_sqlite():
            listed, first = _packed(rows)
            run(_BY_JSON, topic_id, first, *values[1:], listed)
        else:
            run(_BY_COLUMN, *values, *map(list, zip(*rows, strict=True)))


def _packed(rows: Sequence[tuple[int, int, int]]) -> tuple[str, int]:
    """Return rows of text, person and way as one number each, and the key to count texts from.

    SQLite takes a number of 63 bits apart faster than an array of three: 4,096 texts of one
    topic, 33 million people. Raises OverflowError beyond that.
    """
    texts, people, ways = zip(*rows, strict=True)
    first = min(texts)
    if max(texts) - first >> 12 or max(people) >> 25 or max(ways) >> 26:
        raise OverflowError
    packed = [str(person << 38 | way << 12 | text - first) for text, person, way in rows]
    return f"[{','.join(packed)}]", first


def release(topic_id: int) -> int:
    """Let the held messages of a topic go, and return how many they were."""
    with transaction():
        values = {"state": MessageState.QUEUED, "due_at": clock.now()}
        released = _move(topic_id, (MessageState.HELD,), **values)
        doorbell.ring_at_commit()
    return released


def cancel(
    topic_id: int,
    reason: str,
    states: Sequence[MessageState] = (MessageState.HELD, MessageState.QUEUED),
) -> int:
    """Take back what has not gone yet, and return how many messages that were.

    With QUEUED among the states the whole topic is over: a try that fails is not repeated.
    """
    with transaction():
        if MessageState.QUEUED in states:
            Topic.update(cancelled_at=clock.now()).where(
                Topic.id == topic_id, Topic.cancelled_at.is_null()
            ).execute()
        return _move(topic_id, states, state=MessageState.CANCELLED, reason=reason)


def overtake(topic_ids: Collection[int], reason: str) -> int:
    """Take back what nobody has tried to send yet, since newer words end or correct it.

    What may have arrived is left: whoever got it, or may have, hears the newer words as well.
    Returns how many messages that were.
    """
    taken_back = Message.update(state=MessageState.CANCELLED, reason=reason).where(
        Message.topic.in_([*topic_ids]),
        Message.state == MessageState.QUEUED,
        ~Message.repeat,
    )
    return int(taken_back.execute())


def _move(topic_id: int, states: Sequence[MessageState], **values: Any) -> int:
    moved = Message.update(**values).where(Message.topic == topic_id, Message.state.in_([*states]))
    return int(moved.execute())


def tally(topic_ids: Sequence[int]) -> dict[MessageState, int]:
    """Return how many messages of the topics are in each state, zero included."""
    counts = dict.fromkeys(MessageState, 0)
    if topic_ids:
        with connection():
            rows: Any = (
                Message.select(Message.state, fn.COUNT(Message.id))
                .where(Message.topic.in_([*topic_ids]))
                .group_by(Message.state)
                .tuples()
            )
            counts.update({MessageState(state): number for state, number in rows})
    return counts


def way_to(person: Person) -> int | None:
    """Return the key of the contact method by which Signal reaches a person now, or None."""
    method = (
        ContactMethod.select(ContactMethod.id)
        .where(
            ContactMethod.person == person,
            ContactMethod.kind == MethodKind.SIGNAL,
            ContactMethod.state != MethodState.REFUSED,
            ContactMethod.held_at.is_null(),
        )
        .order_by(ContactMethod.position, ContactMethod.id)
        .first()
    )
    return None if method is None else int(method.id)


def say(person: Person, text: str, about: str) -> None:
    """Queue one answer to one person, ahead of everything else; `about` names what it answers.

    Somebody without a way to be reached gets none. Consent is not asked: they wrote first.
    """
    with transaction():
        method = way_to(person)
        if method is None:
            return
        enqueue(
            f"{about}:{crypto.public_id()}",
            None,
            {("", person.language): text},
            [Recipient(person.id, method, "", person.language, ANSWER_PRIORITY)],
            not_after=clock.now() + dt.timedelta(hours=ANSWER_HOURS),
        )


def erase_texts(topic_id: int) -> int:
    """Delete the words of a topic, since nobody needs them any more; return how many texts."""
    with transaction():
        erased = MessageText.update(body=None).where(
            MessageText.topic == topic_id, MessageText.body.is_null(False)
        )
        return int(erased.execute())
