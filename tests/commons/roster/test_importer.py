"""Importing a site's people."""

import pytest

from commons.audit import AuditContent
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import CONSOLE
from commons.roster import importer, service, slots, writing
from commons.roster.comparison import ONE_MESSAGE
from commons.roster.importer import import_roster
from commons.roster.models import (
    Assignment,
    Consent,
    ConsentState,
    ContactMethod,
    Group,
    Person,
    RosterEntry,
)
from commons.sites.models import Site
from tests import builders
from tests.builders import Cast, a_number, actor

HEADINGS = "name,phone,language,group,slot,consent,consent source"
ANA = "Ana Lee,213 555 0142,es,family,,yes,paper form"


def table(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *rows]).encode()


def summary(site: Site, *rows: str) -> str:
    return import_roster(CONSOLE, site, table(*rows)).summary("people")


@pytest.fixture
def site(db: str) -> Site:
    return builders.a_site()


def test_people_are_imported_once_and_only_their_changes_after_that(site: Site) -> None:
    bo = "Bo Kim,323 555 0101,ko,staff,site lead,yes,staff duty"
    assert summary(site, ANA, bo) == "2 people: 2 new, 0 changed, 0 unchanged, 0 refused"
    assert summary(site, ANA, bo) == "2 people: 0 new, 0 changed, 2 unchanged, 0 refused"
    changed = ANA.replace("es", "en", 1)
    assert summary(site, changed, bo) == "2 people: 0 new, 1 changed, 1 unchanged, 0 refused"
    assert slots.gaps(site) == []


def test_what_is_stored_is_what_the_file_said(site: Site) -> None:
    summary(site, ANA)
    person, consent = Person.get(), Consent.get()
    assert (person.reveal("name"), person.language) == ("Ana Lee", "es")
    assert builders.number_of(person) == "+12135550142"
    assert service.owner("+12135550142") == person
    assert (consent.state, consent.reveal("source")) == (ConsentState.GIVEN, "paper form")
    assert RosterEntry.get().group == Group.FAMILY


def test_a_dry_run_says_the_same_and_writes_nothing(site: Site) -> None:
    report = import_roster(CONSOLE, site, table(ANA, "Bo,1,,,,,"), dry_run=True)
    assert report.summary("people") == "2 people: 1 new, 0 changed, 0 unchanged, 1 refused"
    assert Person.select().count() == 0


def test_a_refused_row_is_told_by_its_line_and_stops_no_other(site: Site) -> None:
    report = import_roster(CONSOLE, site, table("Bo,12,en,staff,,,", ANA))
    assert str(report.refused[0]).startswith("line 2: Enter a phone number with its area code")
    assert Person.select().count() == 1


def test_nobody_agrees_because_they_are_on_a_list(site: Site) -> None:
    summary(site, "Ana,213 555 0142,es,family,,,")
    assert Consent.get().state == ConsentState.INVITED


def test_the_preview_counts_who_gets_the_one_message(site: Site) -> None:
    rows = ("Ana,213 555 0142,es,family,,,", "Bo,213 555 0143,es,family,,,", "Cy,,es,family,,,")
    agreed = "Di,213 555 0144,es,family,,yes,paper form"
    report = import_roster(CONSOLE, site, table(*rows, agreed), dry_run=True)
    told = [note.line for note in report.notes if note.sentence == ONE_MESSAGE]
    assert told == [2, 3]
    import_roster(CONSOLE, site, table(*rows))
    assert import_roster(CONSOLE, site, table(*rows)).notes == []


def test_a_stop_outlives_every_list(site: Site) -> None:
    summary(site, ANA)
    service.withdraw_everywhere(Person.get())
    report = import_roster(CONSOLE, site, table(ANA))
    assert Consent.get().state == ConsentState.WITHDRAWN
    assert report.unchanged == 1
    assert str(report.notes[0]) == "line 2: They said STOP. That stands, whatever the file says."


def test_a_yes_follows_an_invitation_and_a_no_follows_a_yes(site: Site) -> None:
    summary(site, ANA.replace("yes,paper form", ","))
    assert summary(site, ANA) == "1 people: 0 new, 1 changed, 0 unchanged, 0 refused"
    assert Consent.get().reveal("source") == "paper form"
    assert summary(site, ANA.replace("yes", "no")).startswith("1 people: 0 new, 1 changed")
    assert Consent.get().state == ConsentState.WITHDRAWN


def test_saying_nothing_takes_nothing_back(site: Site) -> None:
    summary(site, ANA)
    assert summary(site, "Ana Lee,213 555 0142,,family,,,").startswith("1 people: 0 new, 0 changed")
    assert (Consent.get().state, Person.get().language) == (ConsentState.GIVEN, "es")


def test_one_number_twice_in_a_file_is_refused_the_second_time(site: Site) -> None:
    report = import_roster(CONSOLE, site, table(ANA, "Ana Lee,+1 213-555-0142,es,family,,,"))
    assert str(report.refused[0]) == "line 3: This number is on line 2 already."


def test_a_teacher_may_be_a_parent_as_well(site: Site) -> None:
    both = ANA.replace("family", "staff")
    assert summary(site, ANA, both) == "2 people: 2 new, 0 changed, 0 unchanged, 0 refused"
    assert (Person.select().count(), RosterEntry.select().count()) == (1, 2)


def test_a_number_of_somebody_else_is_refused(site: Site) -> None:
    summary(site, ANA)
    report = import_roster(CONSOLE, site, table(ANA.replace("Ana Lee", "Bo Kim")))
    assert "somebody with another name" in str(report.refused[0])
    assert Person.get().reveal("name") == "Ana Lee"


def test_a_name_may_gain_its_accents(site: Site) -> None:
    summary(site, ANA)
    assert summary(site, ANA.replace("Ana Lee", "Aña LEE")).startswith("1 people: 0 new, 1 changed")
    assert Person.get().reveal("name") == "Aña LEE"


def test_a_person_of_another_school_joins_this_one_too(site: Site) -> None:
    other = builders.a_site("Brookside")
    summary(other, ANA)
    assert summary(site, ANA) == "1 people: 1 new, 0 changed, 0 unchanged, 0 refused"
    assert (Person.select().count(), Consent.select().count()) == (1, 2)


def test_somebody_who_left_comes_back(site: Site) -> None:
    summary(site, ANA)
    service.remove_person(CONSOLE, site, Person.get())
    assert summary(site, ANA) == "1 people: 1 new, 0 changed, 0 unchanged, 0 refused"
    assert RosterEntry.get().until is None


def test_a_role_that_is_filled_stays_filled_once(site: Site) -> None:
    lead = ANA.replace(",,yes", ",site lead,yes")
    summary(site, lead)
    assert summary(site, lead).startswith("1 people: 0 new, 0 changed")
    assert Assignment.select().count() == 1


def test_a_forbidden_column_stops_the_whole_file(site: Site) -> None:
    with pytest.raises(Invalid, match="“Country of birth” must not be in the file"):
        import_roster(CONSOLE, site, table(headings=HEADINGS + ",Country of birth"))
    assert Person.select().count() == 0


def test_a_change_in_between_is_told_and_nothing_is_written(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = writing.write

    def late(*arguments: object) -> None:
        builders.a_person(builders.a_site("Brookside"), number="+12135550142")
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(importer.writing, "write", late)
    with pytest.raises(Conflict, match="meanwhile"):
        import_roster(CONSOLE, site, table("Bo Kim,323 555 0101,ko,staff,,,", ANA))
    assert Consent.select().where(Consent.site == site).count() == 0


def test_thousands_of_people_are_imported_in_one_go(site: Site) -> None:
    rows = [f"Person {n},{a_number(n)},en,family,,yes,paper form" for n in range(1200)]
    assert summary(site, *rows) == "1200 people: 1200 new, 0 changed, 0 unchanged, 0 refused"
    assert ContactMethod.select().count() == 1200


def test_no_name_stands_in_the_audit(site: Site) -> None:
    summary(site, ANA)
    words = AuditContent.get(AuditContent.subject == f"site:{site.public_id}").reveal("content")
    assert '"new": 1' in words
    assert "Ana" not in words


def test_only_the_sites_own_lead_and_administrator_import(cast: Cast) -> None:
    assert import_roster(actor(cast.rosa), cast.lincoln, table(ANA)).new == 1
    with pytest.raises(Forbidden):
        import_roster(actor(cast.carmen), cast.lincoln, table(ANA))
    with pytest.raises(NotFound):
        import_roster(actor(cast.ines), cast.lincoln, table(ANA))


def test_somebody_without_a_number_is_on_the_roster_once(site: Site) -> None:
    row = "Ana Lee,,es,family,,yes,paper form"
    assert summary(site, row, ANA) == "2 people: 2 new, 0 changed, 0 unchanged, 0 refused"
    assert summary(site, row, ANA) == "2 people: 0 new, 0 changed, 2 unchanged, 0 refused"
    report = import_roster(CONSOLE, site, table(row, row))
    assert str(report.refused[0]) == "line 3: This name without a number is on line 2 already."
