"""A name and a number planted in every personal field are nowhere to be read.

On plain SQLite, because in an encrypted file the check could not fail (SECURITY.md, proofs).
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons import clock, database, migration, retention
from commons.accounts import memberships
from commons.accounts import service as accounts
from commons.accounts.own_data import erasing
from commons.database import connection
from commons.messaging import receiver
from commons.messaging.models import Envelope, Message, MessageState
from commons.permissions import CONSOLE, RELAY, Role
from commons.roster import service as roster
from commons.roster.models import Group
from tests import builders
from tests.commons.accounts.own_data.life import Life, live
from tests.conftest import settings_for
from tests.rapidresponse.alerts.school import School, send

NAME, NUMBER, WORDS = "Zenobia Quetzalcoatl", "+18185550177", "the heron flies at nine"
CANARIES = (NAME, NUMBER, WORDS)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A plain SQLite installation in which the canaries went everywhere they can go."""
    log = logging.FileHandler(tmp_path / "farolito.log")
    logging.getLogger().addHandler(log)
    database.open_database(settings_for(tmp_path, f"sqlite:///{tmp_path / 'plain.db'}"))
    migration.migrate(tmp_path)
    with connection():
        cast = builders.Cast.make()
        school = School.make(cast)
        person = roster.add_person(
            builders.actor(cast.rosa), cast.lincoln, name=NAME, language="es",
            group=Group.FAMILY, number=NUMBER, source="paper form",
        )  # fmt: skip
        roster.give_consent(builders.actor(cast.rosa), person, cast.lincoln, WORDS)
        roster.reveal_number(builders.actor(cast.rosa), cast.lincoln, person, WORDS)
        account = accounts.create_account(CONSOLE, sign_in_name="zenobia@x.example", name=NAME)
        memberships.give_role(CONSOLE, account, Role.SITE_LEAD, site=cast.lincoln)
        retention.place_hold(CONSOLE, "everything", WORDS)
        receiver.store({"envelope": {"sourceNumber": NUMBER, "sourceName": NAME, "x": WORDS}})
        send(school.site, cast.rosa)
        assert Envelope.select().count() == 1
        yield tmp_path
    database.database.obj.close_all()
    logging.getLogger().removeHandler(log)
    log.close()


def spellings(canary: str) -> set[bytes]:
    """Return the canary as it might lie in a file."""
    digits = "".join(filter(str.isdigit, canary))
    plain = {canary, canary.lower(), canary.upper(), canary.replace(" ", "")}
    if digits:
        plain |= {digits, digits[1:], f"{digits[1:4]}-{digits[4:7]}-{digits[7:]}", digits[-7:]}
    found: set[bytes] = set()
    for text in plain:
        raw = text.encode()
        found |= {raw, text.encode("utf-16-le"), text.encode("utf-16-be"), raw.hex().encode()}
        # Base64 looks otherwise at each of three offsets; the middle stays the same.
        found |= {base64.b64encode(b"\0" * n + raw)[4:-4] for n in range(3)}
    return {one for one in found if len(one) > 5}


def sweep(folder: Path) -> list[str]:
    """Return each file in which a canary can be read."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for canary in CANARIES:
                if any(spelling in data for spelling in spellings(canary)):
                    found.append(f"{canary} in {path.name}")
    return found


def test_nothing_personal_can_be_read_in_database_log_or_logs(folder: Path) -> None:
    assert (folder / "plain.db-wal").exists()
    assert sweep(folder) == []


@pytest.mark.parametrize(
    "spoil",
    [str.encode, lambda c: c.encode("utf-16-le"), lambda c: c.encode().hex().encode(),
     lambda c: base64.b64encode(b"xx" + c.encode() + b"xx")],
)  # fmt: skip
def test_a_canary_that_lies_open_would_be_seen(folder: Path, spoil: object) -> None:
    (folder / "leak.txt").write_bytes(b"before " + spoil(NUMBER) + b" after")  # type: ignore[operator]
    assert f"{NUMBER} in leak.txt" in sweep(folder)


def traces(life: Life) -> set[bytes]:
    """Return everything stored that is about somebody: sealed words, fingerprints, their id."""
    found = {life.person.public_id.encode()}
    tables = {"person": "id", "account": "person_id", "contact_method": "person_id",
              "consent": "person_id", "reply": "person_id", "conversation": "person_id",
              "sign_in_request": "person_id"}  # fmt: skip
    for table, column in tables.items():
        rows = database.database.execute_sql(
            f"SELECT * FROM {table} WHERE {column} = ?", (life.person.id,)
        )
        found |= {bytes(v) for row in rows.fetchall() for v in row if isinstance(v, bytes)}
    texts = Message.select().where(Message.person == life.person)
    return found | {one.text.body.data for one in texts if one.text.body is not None}


def left(folder: Path, wanted: set[bytes]) -> int:
    """Return how many of these lie in a file of the database."""
    files = [path.read_bytes() for path in folder.glob("plain.db*")]
    return sum(any(one in data for data in files) for one in wanted)


def test_whoever_is_erased_leaves_no_trace_in_the_files_of_the_database(folder: Path) -> None:
    # Not their words, which are sealed anyway: the sealed bytes themselves must be gone.
    for hold in retention.Hold.select():
        retention.lift_hold(CONSOLE, hold)
    cast = builders.Cast.make()
    zenobia = live(cast, NAME, "+18185550178", WORDS)
    olga = live(cast, "Olga Otherwise", "+18185550188", "the owl sleeps at noon")
    wanted, kept = traces(zenobia), traces(olga)
    assert left(folder, wanted) == len(wanted) > 12
    receipt = erasing.erase(RELAY, zenobia.person)
    wanted |= traces(zenobia)
    assert left(folder, wanted) > 0
    Message.update(state=MessageState.SENT).where(Message.person == zenobia.person).execute()
    assert erasing.finish(clock.now()) == 1
    assert left(folder, wanted) == 0
    assert left(folder, kept) == len(kept)
    assert left(folder, {receipt.encode()}) == 1
