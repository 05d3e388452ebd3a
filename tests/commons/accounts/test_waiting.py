"""What the home page says of people who wait to be admitted."""

import time_machine

from commons import clock
from commons.accounts import waiting
from commons.roster.joining import service
from tests.builders import Cast, a_guest, actor, an_invite


def test_one_row_counts_who_waits_since_the_first(cast: Cast) -> None:
    assert waiting.needing_me(actor(cast.rosa), cast.lincoln) == []
    with time_machine.travel("2026-11-23T08:00:00Z") as travel:
        invite, first = an_invite(cast.lincoln), clock.now()
        for name in ("Ana", "Bo"):
            service.ask_to_join(invite, a_guest(), name, "en", clock.now())
            travel.shift(60)
        (row,) = waiting.needing_me(actor(cast.rosa), cast.lincoln)
    assert row.words == "2 people wait to be admitted."
    assert abs(row.at - first).total_seconds() < 5


def test_whoever_may_not_admit_is_told_nothing(cast: Cast) -> None:
    service.ask_to_join(an_invite(cast.lincoln), a_guest(), "Ana", "en", clock.now())
    assert waiting.needing_me(actor(cast.carmen), cast.lincoln) == []
    assert waiting.needing_me(actor(cast.ines), cast.lincoln) == []
