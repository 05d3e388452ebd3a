"""The forms that send and decide; every choice before them is a link."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)

from commons.errors import Invalid
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.web.forms import Form
from rapidresponse.alerts.check import clean
from rapidresponse.alerts.composer import Intent
from rapidresponse.alerts.models import Verdict, VersionKind
from rapidresponse.alerts.verifications import OUTCOMES

NOW, AT = "now", "time"
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class SeenForm(Form):
    """When somebody saw it: just now, some minutes ago, or at a time that they name."""

    seen_when = RadioField(
        _l("When did you see it?"),
        choices=[
            SelectChoice(NOW, _l("Just now")),
            SelectChoice("5", _l("5 minutes ago")),
            SelectChoice("15", _l("15 minutes ago")),
            SelectChoice(AT, _l("At another time")),
        ],
        default=NOW,
    )
    seen_time = StringField(_l("At which time"))

    def seen_at(self, now: dt.datetime, zone: str) -> dt.datetime:
        """Return the instant that was said, by the clock of the school; raise Invalid for none."""
        if self.seen_when.data != AT:
            minutes = int(self.seen_when.data) if self.seen_when.data in ("5", "15") else 0
            return now - dt.timedelta(minutes=minutes)
        said = re.fullmatch(
            r"([01]?[0-9]|2[0-3]):([0-5][0-9])", (self.seen_time.data or "").strip()
        )
        if said is None:
            raise Invalid(fields={"seen_time": _l("Write the time like 14:05.")})
        here = now.astimezone(ZoneInfo(zone))
        found = here.replace(hour=int(said[1]), minute=int(said[2]), second=0, microsecond=0)
        if found > here + dt.timedelta(minutes=1):
            # Just after midnight, 23:58 was yesterday.
            found -= dt.timedelta(days=1)
        return found.astimezone(dt.UTC)

    def explain(self, error: Invalid) -> None:
        """Put the sentences of an error beside the fields they are about."""
        for name, sentence in error.fields.items():
            self[name].errors = [*self[name].errors, str(sentence)]
        if str(error):
            self.form_errors.append(str(error))


class SendForm(SeenForm):
    """What the page of words sends: a key made once, and the time that the words name."""

    key = HiddenField()
    at = HiddenField()
    after = HiddenField()
    count = StringField(_l("How many people will get it"))
    note = TextAreaField(_l("A note in your own words"))
    note_shown = HiddenField()
    look = HiddenField()  # the button that shows and never sends
    seen = BooleanField()

    def moment(self) -> dt.datetime:
        """Return the time that the words name; the beginning of time where none was sent."""
        text = self.at.data or ""
        seconds = int(text) if re.fullmatch(r"[0-9]{1,11}", text) else 0
        return dt.datetime.fromtimestamp(seconds, dt.UTC)

    def typed(self) -> int | None:
        """Return the count as typed, spaces and commas aside."""
        digits = re.sub(r"[\s,.]", "", self.count.data or "")
        return int(digits) if digits.isascii() and digits.isdigit() else None

    def number_before(self) -> int:
        """Return the version these words were written against; 0 where none was sent."""
        text = self.after.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0

    def stated(self, intent: Intent) -> Intent:
        """Return the intent with what the sender says was seen on site."""
        return replace(intent, seen=bool(self.seen.data))

    def noted(self, intent: Intent) -> Intent:
        """Return the intent with the sender's note."""
        return replace(intent, note=clean(self.note.data or ""))

    def unread(self) -> bool:
        """Return whether the sender asks to see the words, or has not with the note as it is."""
        return bool(self.look.data) or clean(self.note.data or "") != clean(
            self.note_shown.data or ""
        )

    def witnessed(self, intent: Intent, now: dt.datetime, zone: str) -> Intent:
        """Return the intent with when the sender saw it, where they say that they did."""
        return replace(intent, seen_at=self.seen_at(now, zone)) if intent.seen else intent

    def renew(self, key: str, now: dt.datetime, after: int) -> None:
        """Prepare the form for the words as they are now; a version once shown stays named."""
        self.key.data, self.at.data = key, str(int(now.timestamp()))
        self.after.data = self.after.data or str(after)
        self.note_shown.data = self.note.data or ""

    def ask_seen(self, kind: VersionKind) -> None:
        """Say what the box states that must be ticked for an end."""
        if kind is VersionKind.DEPARTED:
            self.seen.label.text = _("I saw them leave, or somebody on site saw it and told me")
        else:
            self.seen.label.text = _("Somebody on site looked and says that it is over")


class DecideForm(Form):
    """A yes or no, with the hash of what was shown."""

    shown = HiddenField()


class VerifyForm(SeenForm):
    """What somebody found who looked, whether they saw it themselves, and when."""

    outcome = RadioField(
        _l("What did you find?"),
        choices=[SelectChoice(one.value, words) for one, words in OUTCOMES.items()],
    )
    themselves = RadioField(
        _l("How do you know?"),
        choices=[
            SelectChoice("yes", _l("I saw it myself")),
            SelectChoice("no", _l("Somebody on site told me")),
        ],
        default="yes",
    )


class ReviewForm(Form):
    """Whether an alert that could not wait was right, and what to do otherwise."""

    review = HiddenField()
    verdict = RadioField(
        _l("Was it right to send it at once?"),
        choices=[
            SelectChoice(Verdict.RIGHT.value, _l("Yes, it was right")),
            SelectChoice(Verdict.WRONG.value, _l("No, it should have waited")),
        ],
    )
    words = TextAreaField(_l("What should be done otherwise next time?"))

    def explain(self, error: Invalid) -> None:
        """Put the sentences of an error beside the fields they are about."""
        for name, sentence in error.fields.items():
            self[name].errors = [*self[name].errors, str(sentence)]
