"""B10: importing a roster, beside one `create()` a row, and beside storing it unchecked."""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figures import Figure, Line, at_least, at_most, ratios
from benchmarks.installation import COLUMNS, Installation, installed, roster, school
from benchmarks.scale import Scale
from commons import clock, crypto
from commons.database import connection, database, transaction
from commons.messaging.statements import at, run_many
from commons.permissions import CONSOLE
from commons.roster.importer import import_roster
from commons.roster.models import (
    Consent,
    ConsentState,
    ContactMethod,
    Group,
    MethodKind,
    Person,
    RosterEntry,
)
from commons.roster.numbers import e164
from commons.sites.models import Site

TIMES_PEER, TIMES_UNCHECKED, TIMES_LINEAR = 25, 12, 1.3
NOTE = (
    "Phone numbers checked, names and numbers sealed, blind indexes, duplicates looked for, one "
    "transaction. Peer: look-up and `create()` for each row in a transaction of its own, on fewer "
    "rows, counted up. Limit: parsed and stored in the same four tables and indexes, nothing "
    "checked, sealed or looked up."
)
_PLAIN = f"INSERT INTO bench_plain VALUES ({', '.join('?' * len(COLUMNS))})"
_UNCHECKED = (
    "INSERT INTO person (id, public_id, name, language, created_at) VALUES (?, ?, ?, ?, ?)",
    "INSERT INTO contact_method (person_id, public_id, kind, state, position, value, value_index) "
    "VALUES (?, ?, 'signal', 'unverified', 0, ?, ?)",
    "INSERT INTO roster_entry (site_id, person_id, group_word, since) VALUES (?, ?, ?, ?)",
    "INSERT INTO consent (public_id, person_id, site_id, state, source, recorded_by, since) "
    "VALUES (?, ?, ?, 'given', ?, 'console', ?)",
)


def measure(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B10 for each number of rows."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="farolito-bench-") as name:
        for rows in scale.import_rows:
            say(f"B10 with {rows:,} rows")
            lines.append(_line(scale, Path(name), rows))
    if len(lines) > 1:
        lines.append(_linear(scale, lines))
    return lines


def _line(scale: Scale, folder: Path, rows: int) -> Line:
    data, few = roster(rows), roster(scale.created_rows)
    ours, peer, limit, plain = [], [], [], []
    for n in range(scale.rounds):
        plain.append(_timed(folder / f"{rows}-{n}-plain", data, _plain))
        limit.append(_timed(folder / f"{rows}-{n}-limit", data, _unchecked))
        ours.append(_timed(folder / f"{rows}-{n}-ours", data, _imported))
        slow = _timed(folder / f"{rows}-{n}-peer", few, _created)
        peer.append(slow * rows / scale.created_rows)
    times, share = ratios(peer, ours), ratios(ours, limit)
    return Line(
        row="B10",
        what=f"import of {rows:,} people",
        unit="s",
        ours=Figure.of(ours),
        peer=Figure.of(peer),
        limit=Figure.of(limit),
        ratio_peer=times,
        ratio_limit=share,
        goals=(
            at_least(f"≥ {TIMES_PEER} × the peer", times.median, TIMES_PEER),
            at_most(f"≤ {TIMES_UNCHECKED} × unchecked", share.median, TIMES_UNCHECKED),
        ),
        rounds=scale.rounds,
        note=f"{NOTE} One plain table without an index takes {Figure.of(plain).words()} s.",
    )


def _linear(scale: Scale, lines: list[Line]) -> Line:
    seconds = [line.ours.median for line in lines if line.ours]
    each = [took / rows for took, rows in zip(seconds, scale.import_rows, strict=True)]
    grown = each[-1] / each[0]
    return Line(
        row="B10",
        what=f"a row of {scale.import_rows[-1]:,}, beside one of {scale.import_rows[0]:,}",
        unit="times",
        ours=Figure.of([grown]),
        goals=(at_most(f"≤ {TIMES_LINEAR} ×", grown, TIMES_LINEAR),),
        rounds=scale.rounds,
    )


def _timed(folder: Path, data: bytes, store: Callable[[Site, bytes], None]) -> float:
    """Return the seconds that it takes to store a roster in a new database."""
    with installed(folder, None) as made:
        site = _site(made)
        with connection():
            began = time.monotonic()
            store(site, data)
            return time.monotonic() - began


def _site(made: Installation) -> Site:
    made.use()
    with connection():
        database.execute_sql(f"CREATE TABLE bench_plain ({', '.join(map(_column, COLUMNS))})")
        return school("Lincoln Elementary", 0)


def _column(name: str) -> str:
    return f'"{name}" TEXT'


def _imported(site: Site, data: bytes) -> None:
    report = import_roster(CONSOLE, site, data)
    assert not report.refused, report.refused[0]


def _rows(data: bytes) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(data.decode()))
    next(rows)
    return rows


def _plain(_site: Site, data: bytes) -> None:
    with transaction():
        database.cursor().executemany(_PLAIN, _rows(data))


def _unchecked(site: Site, data: bytes) -> None:
    now, rows = at(clock.now()), list(enumerate(_rows(data), 1))
    persons = ((n, f"p{n}", name, language, now) for n, (name, _, language, *_rest) in rows)
    methods = ((n, f"m{n}", phone, phone.encode()) for n, (_, phone, *_rest) in rows)
    entries = ((site.id, n, row[3], now) for n, row in rows)
    consents = ((f"c{n}", n, site.id, row[6], now) for n, row in rows)
    with transaction():
        for statement, values in zip(
            _UNCHECKED, (persons, methods, entries, consents), strict=True
        ):
            run_many(statement, values)


def _created(site: Site, data: bytes) -> None:
    for cells in _rows(data):
        with transaction():
            _create(site, dict(zip(COLUMNS, cells, strict=True)))


def _create(site: Site, row: dict[str, str]) -> None:
    number, now = e164(row["phone"]), clock.now()
    index = ContactMethod.value_index.of(number)
    if ContactMethod.get_or_none(ContactMethod.value_index == index) is not None:
        return
    key, method = crypto.public_id(), crypto.public_id()
    name = Person.sealed(key, name=row["name"])
    person = Person.create(public_id=key, language=row["language"], created_at=now, **name)
    ContactMethod.create(
        public_id=method,
        person=person,
        kind=MethodKind.SIGNAL,
        value_index=index,
        **ContactMethod.sealed(method, value=number),
    )
    RosterEntry.create(site=site, person=person, group=Group(row["group"]), since=now)
    consent = crypto.public_id()
    Consent.create(
        public_id=consent,
        person=person,
        site=site,
        state=ConsentState.GIVEN,
        recorded_by=CONSOLE.ref,
        since=now,
        **Consent.sealed(consent, source=row["consent_source"]),
    )
