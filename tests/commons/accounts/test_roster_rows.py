"""What of the roster stands on somebody's home page."""

import pytest
import time_machine

from commons.accounts import roster_rows
from commons.roster import naming, slots
from commons.roster import service as roster
from commons.roster.consent import withdraw_everywhere
from commons.roster.exports import service as exports
from commons.roster.models import SlotKind
from tests.builders import Cast, a_person, actor
from tests.page import Browser


def test_a_stop_that_opens_a_gap_is_told_to_lead_and_administrator(
    browser: Browser, cast: Cast
) -> None:
    slots.create_required(cast.lincoln)
    person = a_person(cast.lincoln, name="Ana Lee", slot=SlotKind.SITE_LEAD)
    assert roster_rows.needing_me(actor(cast.rosa), cast.lincoln) == []
    withdraw_everywhere(person)
    for who in (cast.rosa, cast.mara):
        home = browser.sign_in(who)
        assert "Site lead: whoever filled it said STOP." in home.words
        assert "Ana" not in home.words
    assert home.follow("Fill the role").heading == "Roles"
    assert roster_rows.needing_me(actor(cast.carmen), cast.lincoln) == []


def look(cast: Cast, times: int) -> None:
    person = a_person(cast.lincoln)
    for _ in range(times):
        roster.reveal_number(actor(cast.rosa), cast.lincoln, person, "Their phone is off")


def test_many_looks_are_told_to_the_other_administrators(browser: Browser, cast: Cast) -> None:
    look(cast, 30)
    home = browser.sign_in(cast.mara)
    assert "Rosa Example looked at 30 numbers within an hour." in home.words
    assert "Rosa Example 30 Their phone" in home.follow("See the reasons").words
    assert "numbers within an hour" not in browser.sign_in(cast.rosa).words


@pytest.mark.parametrize(("day", "rows"), [("2026-08-10", 1), ("2026-08-11", 0)])
def test_on_mondays_administrators_hear_how_many_numbers_were_seen(
    cast: Cast, day: str, rows: int
) -> None:
    with time_machine.travel(f"{day}T18:00:00+00:00", tick=False):
        look(cast, 2)
        found = roster_rows.needing_me(actor(cast.mara), cast.lincoln)
        assert [str(row.words) for row in found] == [
            "Numbers that others looked at in seven days: 2."
        ] * rows


def test_a_file_waits_for_somebody_else(cast: Cast) -> None:
    exports.ask(actor(cast.rosa), cast.lincoln)
    assert len(roster_rows.needing_me(actor(cast.mara), cast.lincoln)) == 1
    assert roster_rows.needing_me(actor(cast.rosa), cast.lincoln) == []
    assert roster_rows.needing_me(actor(cast.ines), cast.lincoln) == []


def test_a_reference_has_its_name_while_the_account_is_there(cast: Cast) -> None:
    assert naming.name_of(f"account:{cast.rosa.public_id}") == "Rosa Example"
    assert naming.name_of("account:gone") == "somebody who is no longer here"
    assert naming.name_of("person:x") == "somebody who is no longer here"
