"""A name and a number planted in every personal field are nowhere to be read.

On plain SQLite, because in an encrypted file the check could not fail (SECURITY.md, proofs).
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons import database, migration, retention
from commons.accounts import service as accounts
from commons.database import connection
from commons.messaging import receiver
from commons.messaging.models import Envelope
from commons.permissions import CONSOLE, Role
from commons.roster import service as roster
from commons.roster.models import Group
from tests import builders
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
        accounts.grant(CONSOLE, account, Role.SITE_LEAD, site=cast.lincoln)
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
