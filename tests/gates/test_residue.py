"""What was purged or erased is in no byte of the database's files.

On plain SQLite, and of what is sealed the sealed bytes themselves: it must be gone, not closed.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commons import clock, retention
from commons.accounts.own_data import erasing
from commons.database import connection, database, open_database
from commons.messaging.models import Message, MessageState
from commons.permissions import RELAY
from commons.roster import service as roster
from commons.roster.models import Erasure, Person
from rapidresponse.alerts import endings
from tests import builders
from tests.conftest import settings_for
from tests.gates import aged
from tests.gates.aged import LATE, RULES
from tests.gates.conftest import open_plain

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school of which every rule finds something, to be copied for each test."""
    folder = tmp_path_factory.mktemp("aged")
    engine = open_plain(folder)
    with connection():
        aged.make()
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.close_all()
    return folder / "plain.db"


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copyfile(template, tmp_path / "plain.db")
    open_database(settings_for(tmp_path, f"sqlite:///{tmp_path / 'plain.db'}"))
    with connection():
        yield tmp_path
    database.obj.close_all()


def left(folder: Path, wanted: set[bytes]) -> int:
    """Return how many of these lie in a file of the database."""
    files = [path.read_bytes() for path in folder.glob("plain.db*")]
    return sum(any(one in data for data in files) for one in wanted)


def residue(folder: Path, act: Callable[[], object]) -> tuple[dict[str, int], int, int]:
    """Do something; return the rows it took, how much of them lay in the files, and still does."""
    before = aged.snapshot()
    lying = {path.name: path.read_bytes() for path in folder.glob("plain.db*")}
    act()
    rows, lost = aged.taken(before, aged.snapshot())
    found = sum(any(one in data for data in lying.values()) for one in lost)
    return rows, found, left(folder, lost)


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_of_the_purge_takes_is_in_no_file(folder: Path, name: str) -> None:
    def act() -> None:
        aged.carry_out(RULES[name])
        retention.forget_pages()

    rows, found, still = residue(folder, act)
    # A rule that takes nothing needs a row of its own in tests/gates/aged.py.
    assert rows.get(RULES[name].table), f"the rule {name} found no row to take"
    assert still == 0, f"{still} of {found} values are still there"


def test_the_whole_purge_leaves_nothing_either(folder: Path) -> None:
    rows, found, still = residue(folder, lambda: retention.purge(clock.now() + LATE))
    assert set(rows) >= {rule.table for rule in RULES.values()}
    assert found > 50
    assert still == 0


def zenobia(name: str = aged.NAME) -> Person:
    return next(one for one in Person.select() if one.reveal("name") == name)


def erase_themselves() -> None:
    person = zenobia()
    erasing.erase(RELAY, person)
    Message.update(state=MessageState.SENT).where(Message.person == person).execute()
    assert erasing.finish(clock.now()) == 1


def erased_by_the_lead() -> None:
    lead = next(o for o in builders.Account.select() if o.reveal("name") == "Rosa Example")
    roster.forget_person(builders.actor(lead), zenobia())
    erasing.finish(clock.now())


def erased_again_after_a_restore() -> None:
    fingerprint = Erasure.subject_index.of(zenobia().public_id).data.hex()
    assert erasing.replay([fingerprint]) == 1


def said_no() -> None:
    erasing.erase_unwilling(zenobia("Stopped Example"))
    assert erasing.finish(clock.now() + erasing.LONGEST) == 1


def an_alerts_words() -> None:
    assert endings.erase_ended(clock.now() + LATE) == 1


# Each way of erasing: the tables that it takes from at least.
VERBS: dict[str, tuple[Callable[[], object], set[str]]] = {
    "commons/accounts/own_data/erasing.py erase": (erase_themselves, {"person", "account"}),
    "commons/accounts/own_data/erasing.py erase_unwilling": (said_no, {"person", "consent"}),
    "commons/accounts/own_data/erasing.py replay": (erased_again_after_a_restore, {"person"}),
    "commons/roster/service.py forget_person": (erased_by_the_lead, {"person", "contact_method"}),
    "rapidresponse/alerts/endings.py erase_ended": (an_alerts_words, {"message_text"}),
}
# Named like one, and proven with another or by the rules.
WITH_ANOTHER = {
    "commons/accounts/own_data/erasing.py erase_own",
    "commons/accounts/own_data/erasing.py erased",
    "commons/messaging/outbox.py erase_texts",
    "commons/retention.py forget_pages",
    "commons/retention.py purge",
}
# Of what a process remembers, and no database holds.
IN_MEMORY = {"rapidresponse/alerts/texts/relay_phrases.py forget"}
NAMED_LIKE_IT = ("erase", "forget", "purge", "replay", "burn", "strip", "wipe", "shred")
# They answer a browser and keep nothing, or lead to a service that is here.
NOT_STORED = ("routes.py", "guards.py", "locale.py")


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_erased_is_in_no_file(folder: Path, verb: str) -> None:
    act, tables = VERBS[verb]
    rows, found, still = residue(folder, act)
    assert set(rows) >= tables
    assert found > 0
    assert still == 0, f"{still} of {found} values are still there"


def verbs(root: Path = ROOT) -> set[str]:
    """Return every public function whose name says that it takes something away for good."""
    return {
        f"{path.relative_to(root).as_posix()} {node.name}"
        for package in ("commons", "rapidresponse")
        for path in (root / package).rglob("*.py")
        if path.name not in NOT_STORED
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith(NAMED_LIKE_IT)
    }


def test_every_way_of_erasing_has_its_case() -> None:
    # A new one needs a line in VERBS, or in WITH_ANOTHER where a case runs it anyway.
    assert verbs() == set(VERBS) | WITH_ANOTHER | IN_MEMORY


def test_a_way_of_erasing_without_a_case_is_seen(tmp_path: Path) -> None:
    for package in ("commons", "rapidresponse"):
        (tmp_path / package).mkdir()
    (tmp_path / "commons" / "aid.py").write_text("def burn_site():\n    pass\n", encoding="utf-8")
    assert verbs(tmp_path) == {"commons/aid.py burn_site"}


def test_a_purge_that_leaves_its_pages_is_seen(folder: Path) -> None:
    name = next(name for name in RULES if name.startswith("reply"))
    rows, found, still = residue(folder, lambda: aged.carry_out(RULES[name]))
    assert rows["reply"] == 1
    assert found == still > 0


def test_deleting_without_overwriting_is_seen(folder: Path) -> None:
    database.execute_sql("PRAGMA secure_delete = 0")
    name = next(name for name in RULES if name.startswith("audit_content"))

    def act() -> None:
        aged.carry_out(RULES[name])
        retention.forget_pages()

    assert residue(folder, act)[2] > 0


def test_a_rule_without_a_row_is_seen(folder: Path) -> None:
    from commons.messaging.models import Reply

    Reply.delete().execute()
    name = next(name for name in RULES if name.startswith("reply"))
    assert "reply" not in residue(folder, lambda: aged.carry_out(RULES[name]))[0]
