"""The exported table reads back to the same roster."""

import csv
import io

from commons import clock
from commons.audit import AuditLink
from commons.roster import consent, slots
from commons.roster.exports.table import HEADINGS, table
from commons.roster.importer import import_roster
from commons.roster.models import ConsentState, Group, Person, RosterEntry, SlotKind
from tests.builders import Cast, a_person, actor


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def fill(cast: Cast) -> None:
    lead = a_person(cast.lincoln, name="Ana Lee", language="es", slot=SlotKind.SITE_LEAD)
    slots.assign(actor(cast.rosa), cast.lincoln, SlotKind.LEGAL_COUNSEL, lead)
    RosterEntry.create(site=cast.lincoln, person=lead, group=Group.FAMILY, since=clock.now())
    a_person(
        cast.lincoln, Group.FAMILY, name="=Bo", consent=ConsentState.INVITED, language="zh_Hans"
    )
    gone = a_person(cast.lincoln, Group.VOLUNTEER, name="Cy 한")
    consent.withdraw(actor(cast.rosa), gone, cast.lincoln)
    a_person(cast.lincoln, Group.PARTNER, name="No Number", number=None)
    a_person(cast.other_school, name="Elsewhere")


def test_it_holds_everybody_of_the_school_and_who_took_it(cast: Cast) -> None:
    fill(cast)
    found = rows(table(cast.lincoln, "Rosa Example"))
    assert tuple(found[0]) == HEADINGS
    assert [row["name"] for row in found] == ["Ana Lee", "Ana Lee", "'=Bo", "Cy 한", "No Number"]
    assert {row["exported by"] for row in found} == {"Rosa Example"}
    assert found[0]["exported at"].startswith(f"{clock.now():%Y-%m-%d}")
    assert found[0]["slot"] == "site lead; legal counsel"


def test_everything_is_quoted(cast: Cast) -> None:
    fill(cast)
    for line in table(cast.lincoln, "Rosa").decode("utf-8-sig").splitlines():
        assert line.startswith('"')
        assert line.endswith('"')
        assert line.count('","') == len(HEADINGS) - 1


def test_importing_it_changes_nothing(cast: Cast) -> None:
    fill(cast)
    report = import_roster(actor(cast.rosa), cast.lincoln, table(cast.lincoln, "Rosa"))
    assert (report.new, report.changed, report.refused) == (0, 0, [])
    assert report.unchanged == 5


def test_it_makes_the_same_roster_where_there_is_none(cast: Cast) -> None:
    fill(cast)
    before = table(cast.lincoln, "Rosa")
    Person.delete().execute()
    report = import_roster(actor(cast.rosa), cast.lincoln, before)
    assert report.refused == []
    after = rows(table(cast.lincoln, "Rosa"))
    assert AuditLink.select().where(AuditLink.kind == "roster.imported").exists()
    for row in after:
        row["exported at"] = rows(before)[0]["exported at"]

    def whole(found: list[dict[str, str]]) -> list[list[str]]:
        return sorted(list(row.values()) for row in found)

    assert whole(after) == whole(rows(before))
