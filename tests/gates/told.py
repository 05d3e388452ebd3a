"""An alert that went out and is in trouble everywhere, and words that a school wrote itself."""

from __future__ import annotations

import dataclasses

from commons import clock
from commons.messaging.models import MessageState
from commons.roster.models import Group
from rapidresponse.alerts import verifications, watches
from rapidresponse.alerts.answers import records
from rapidresponse.alerts.models import AckKind, Alert, Outcome
from rapidresponse.alerts.texts import service as texts
from tests import builders
from tests.rapidresponse.alerts.public_page.test_public_page import approve
from tests.rapidresponse.alerts.school import School, first, intent, pass_time, put, send
from tests.rapidresponse.alerts.test_breaking import INSIDE

NOTE = "Bring the radios to the front office, please."
# To families, whose words wait for a review, and to the core, whose words count at once.
OWN = (("es", "T1.alert.A9"), ("en", "T1.alert.A1"))


def an_alert_told(school: School, note: str = NOTE) -> Alert:
    """Send an alert that could not wait: families were told, some need help, some a call."""
    cast, now = school.cast, clock.now()
    builders.a_person(school.site, Group.OBSERVER)
    chosen = intent("T2", (*INSIDE, "A9"), seen=True, break_glass="inside")
    alert = send(school.site, cast.rosa, dataclasses.replace(chosen, note=note))
    approve(alert, school)
    pass_time(now + watches.FIRST)
    version = first(alert)
    put(version, school.teacher, MessageState.READ)
    records.record(version, school.teacher, AckKind.NEED_HELP, "link", now)
    put(version, school.kim, MessageState.FAILED, "unregistered")
    looked = {"seen_themselves": True, "seen_at": now}
    verifications.verify(builders.actor(cast.mara), alert, Outcome.CONFIRMED, **looked)
    return alert


def words_of_its_own(school: School) -> None:
    """Write words of the school's own in two versions, of which families' are reviewed."""
    rosa = builders.actor(school.cast.rosa)
    for language, key in OWN:
        library = texts.library_text(language, key).template
        for number, sign in enumerate("!?"):
            # Only the first line may change freely: the last ones say how to answer.
            changed = library.replace(".", sign, 1)
            texts.write(rosa, school.site, language, key, changed, after=number, reads=not number)
