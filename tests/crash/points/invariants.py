"""What must be true at rest, however often the process died: I1 to I8 of the security research.

Every function yields sentences about what is wrong. They look at the tables on one side and at
the journal on the other: what phones got, and what people were told.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

from commons import audit, clock
from commons.database import database, is_sqlite
from commons.messaging import status
from commons.messaging.consequences import UNKNOWN
from commons.messaging.models import MessageState
from commons.messaging.statements import moment
from commons.messaging.words import words
from rapidresponse.alerts import tallies
from rapidresponse.alerts.audience import UNREACHED
from rapidresponse.alerts.models import Alert, AlertVersion, ApprovalState
from rapidresponse.alerts.versions import OVERTAKING
from tests.crash.points.tables import Delivery, Row, Tables
from tests.crash.points.world import OPEN, World

GONE = ("sent", "delivered", "read")
_REPEATS = tuple(words(code).say("repeat") for code in ("en", "es", "ko", "zh_Hans", "hy", "fa"))


def faults(world: World, *, doubt: bool, last: bool = True) -> list[str]:
    """Return everything that is wrong now; where nothing was in doubt nothing repeats.

    What cannot have mended itself until then is looked at only the `last` time.
    """
    found = list(_files()) if last else []
    if not database.table_exists("message"):
        return found
    tables = Tables()
    found += [*_copied(world, tables.deliveries), *_at_rest(tables.deliveries)]
    if last:
        found += [*_chains(), *_screens(tables)]
    found += [*_copies(tables.deliveries, doubt), *_promises(world, tables)]
    found += [*_taken_back(world, tables.deliveries), *_overtaken(world, tables)]
    found += [*_order(tables), *_followed(tables), *_timers(tables)]
    return [*found, *_authority(tables)]


def _copied(world: World, deliveries: list[Delivery]) -> Iterator[str]:
    """Match every copy to its message; yield those that no message explains."""
    by_words: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for one in deliveries:
        by_words[one.to, one.text].append(one)
    forgotten = any(not one.text or not one.to for one in deliveries)
    for at, copy in enumerate(world.copies()):
        text, repeat = _without_repeat(copy["text"])
        same = by_words.get((copy["to"], text))
        if same:
            if repeat:
                same = [each for each in same if each.row.repeat] or same
            one = min(same, key=lambda each: len(each.copies))
            one.copies.append(at)
            one.repeats.append(repeat)
        elif not forgotten:
            yield f"somebody got words that no message has: {text[:40]}"


def _without_repeat(text: str) -> tuple[str, bool]:
    for said in _REPEATS:
        if text.startswith(f"{said} "):
            return text.removeprefix(f"{said} "), True
    return text, False


def _files() -> Iterator[str]:
    if is_sqlite():
        for (line,) in database.execute_sql("PRAGMA integrity_check").fetchall():
            if line != "ok":
                yield f"integrity: {line}"
        for row in database.execute_sql("PRAGMA foreign_key_check").fetchall():
            yield f"a row refers to nothing: {row}"


def _chains() -> Iterator[str]:
    for chain in audit.chains():
        yield from audit.faults(chain)


def _at_rest(deliveries: list[Delivery]) -> Iterator[str]:
    """I2: nothing waits for ever, nothing failed without a word why, nothing is only claimed."""
    for one in deliveries:
        state, known = one.row.state, bool(one.text and one.to)
        if state in OPEN:
            yield f"{one} never came to rest"
        if state == MessageState.FAILED and not one.row.reason:
            yield f"{one} failed without a reason"
        if state in GONE and known and not one.copies:
            yield f"{one} was never told: silently lost"
        if state not in GONE and one.copies and one.row.reason != UNKNOWN:
            yield f"{one} has reached somebody, and the table says otherwise"


def _copies(deliveries: list[Delivery], doubt: bool) -> Iterator[str]:
    """I3: one copy; where there was doubt two at most, and the second says that it is one."""
    for one in deliveries:
        if len(one.copies) > (2 if doubt else 1):
            yield f"{one} came too often"
        if (any(one.repeats[:1]) and not doubt) or not all(one.repeats[1:]):
            yield f"{one} came again without saying so"


def _promises(world: World, tables: Tables) -> Iterator[str]:
    """I1 and I4: what was answered is there, once, whole, with its words and its people."""
    alerts = Counter(alert.idempotency_key for alert in tables.alerts)
    versions = Counter(version.idempotency_key for version in tables.versions.values())
    for what, found in (("alert", alerts), ("version", versions)):
        for line in world.was_answered(what):
            if found[line["subject"]] != 1:
                yield f"an answered {what} is there {found[line['subject']]} times"
    for alert in tables.alerts:
        if alert.id not in {version.alert_id for version in tables.versions.values()}:
            yield "an alert has no words"
    told = {one.row.topic_id for one in tables.deliveries}
    for version in tables.versions.values():
        if version.topic_id not in told:
            yield f"version {version.number} was written for nobody"


def _taken_back(world: World, deliveries: list[Delivery]) -> Iterator[str]:
    """I5: after somebody was told that it is taken back, not one more goes."""
    for line in world.was_answered("taken back"):
        for one in deliveries:
            if one.row.topic_id == line["subject"] and any(at >= line["at"] for at in one.copies):
                yield f"{one} went after it was taken back"


def _overtaken(world: World, tables: Tables) -> Iterator[str]:
    """I5: after words that end or correct are there, no older untried word goes."""
    ends = [v for v in tables.versions.values() if v.kind in OVERTAKING]
    for end, line in zip(ends[-1:], world.journal.lines("followed")[-1:], strict=False):
        for one in tables.deliveries:
            version = tables.versions.get(one.row.topic_id)
            if version is None or version.alert_id != end.alert_id or version.number >= end.number:
                continue
            copies = zip(one.copies, one.repeats, strict=True)
            if any(at >= line["at"] and not repeat for at, repeat in copies):
                yield f"{one} went after newer words had taken its place"


def _followed(tables: Tables) -> Iterator[str]:
    """I6: whoever got words, or may have, gets the newer ones of the same alert as well."""
    newest: dict[int, Row] = {}
    for version in tables.versions.values():
        newest[version.alert_id] = max(
            version, newest.get(version.alert_id, version), key=lambda one: one.number
        )
    gets = {(one.row.topic_id, one.row.person_id) for one in tables.deliveries if _goes(one)}
    for one in tables.deliveries:
        version = tables.versions.get(one.row.topic_id)
        if version is not None and (_goes(one) or one.copies):
            last = newest[version.alert_id]
            if (last.topic_id, one.row.person_id) not in gets:
                yield f"{one} may have arrived, and newer words never go there"


def _goes(one: Delivery) -> bool:
    return one.row.state not in UNREACHED


def _timers(tables: Tables) -> Iterator[str]:
    """What was due is done, once, and none of it failed."""
    now = clock.now() - dt.timedelta(seconds=1)
    for timer in tables.timers:
        if timer.done_at is None and moment(timer.due_at) <= now:
            yield f"the timer {timer.kind} is still due"
        if timer.tries > (timer.done_at is not None):
            yield f"the timer {timer.kind} failed"


def _order(tables: Tables) -> Iterator[str]:
    """I6: nobody hears an older version after a newer one of the same alert."""
    arrived: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for one in tables.deliveries:
        version = tables.versions.get(one.row.topic_id)
        if version is not None:
            heard = [(at, version.number) for at in one.copies]
            arrived[version.alert_id, one.row.person_id] += heard
    for (_alert, person), copies in arrived.items():
        numbers = [number for _at, number in sorted(copies)]
        if numbers != sorted(numbers):
            yield f"person {person} heard the versions in the order {numbers}"


def _authority(tables: Tables) -> Iterator[str]:
    """I8: whoever needed a second person's yes got nothing without it, and only those words."""
    for one in tables.deliveries:
        version = tables.versions.get(one.row.topic_id)
        asked = tables.approvals.get(version.id) if version else None
        if asked is None or not one.copies or one.row.audience != "A9":
            continue
        if asked.state != ApprovalState.GIVEN or asked.body_hash != version.body_hash:
            yield f"{one} went without a second person's yes"


def _screens(tables: Tables) -> Iterator[str]:
    """I7: what screens count is what the tables hold, and delivered needs a receipt."""
    for version in AlertVersion.select():
        mine = [d.row for d in tables.deliveries if d.row.topic_id == version.topic_id]
        shown = tallies.tally(version).counts
        if sum(shown.values()) != len(mine):
            yield f"a page counts {sum(shown.values())} of {len(mine)} messages"
        receipts = sum(bool(row.delivered_at or row.read_at) for row in mine)
        if shown["delivered"] + shown["read"] > receipts:
            yield "a page says delivered without a receipt"
        if sum(tallies.left_out(version).values()) != tables.left_out.get(version.id, 0):
            yield "a page counts others than were left out"
    for alert in Alert.select() if tables.answers else ():
        if tallies.acknowledged(alert) != tables.answers.get(alert.id, 0):
            yield "a page counts other answers than there are"
    waiting = status.status().counts
    states = Counter(one.row.state for one in tables.deliveries)
    for state in (MessageState.HELD, *OPEN):
        if waiting[state] != states[state.value]:
            yield f"the status page miscounts {state.value}"
