"""The audit chains cannot be changed unseen, and their words can be deleted."""

import threading

import pytest
from peewee import DatabaseError

from commons import audit, clock, retention
from commons.audit import AuditContent, AuditLink
from commons.database import connection, database, is_sqlite, transaction
from commons.permissions import CONSOLE


def acts(count: int, site: int | None = None) -> None:
    for n in range(count):
        with transaction():
            audit.record(CONSOLE, "test.act", f"thing:{n}", site=site, details={"n": n})


def test_a_chain_of_acts_holds(db: str) -> None:
    acts(3)
    acts(2, site=7)
    assert set(audit.chains()) == {"installation", "site:7"}
    assert audit.faults("installation") == audit.faults("site:7") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_link SET kind = 'nothing happened'",
        "DELETE FROM audit_link",
        "INSERT OR REPLACE INTO audit_link SELECT * FROM audit_link",
        "TRUNCATE audit_link CASCADE",
    ],
)
def test_the_database_refuses_to_change_a_link(db: str, statement: str) -> None:
    acts(1)
    if ("REPLACE" in statement) != is_sqlite() and (
        "TRUNCATE" in statement or "REPLACE" in statement
    ):
        statement = "DELETE FROM audit_link"
    with pytest.raises(DatabaseError), transaction():
        database.execute_sql(statement)
    assert audit.faults("installation") == []


def test_whoever_gets_past_the_database_is_seen(db: str) -> None:
    acts(3)
    _without_triggers("UPDATE audit_link SET kind = 'nothing happened' WHERE seq = 2")
    assert audit.faults("installation") == ["installation: link 2 was changed"]


def test_a_link_taken_out_is_seen(db: str) -> None:
    acts(3)
    with transaction():
        AuditContent.delete().execute()
    _without_triggers("DELETE FROM audit_link WHERE seq = 2")
    assert "does not follow" in audit.faults("installation")[0]


def test_changed_words_are_seen(db: str) -> None:
    acts(1)
    row = AuditContent.get()
    with transaction():
        AuditContent.update(**AuditContent.sealed(row.public_id, content='{"n": 9}')).execute()
    assert audit.faults("installation") == ["installation: the words of link 1 were changed"]


def test_the_words_go_after_90_days_and_the_chain_still_holds(db: str) -> None:
    acts(2)
    retention.purge(clock.now() + clock.dt.timedelta(days=91))
    assert AuditContent.select().count() == 0
    assert AuditLink.select().count() == 2
    assert audit.faults("installation") == []


def test_acts_of_several_people_at_once_make_one_chain(db: str) -> None:
    def act() -> None:
        with connection():
            acts(5)

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditLink.select().count() == 20
    assert audit.faults("installation") == []


def _without_triggers(statement: str) -> None:
    with transaction():
        if is_sqlite():
            for verb in ("update", "delete"):
                database.execute_sql(f"DROP TRIGGER audit_link_no_{verb}")
        else:
            database.execute_sql("SET LOCAL session_replication_role = replica")
        database.execute_sql(statement)
