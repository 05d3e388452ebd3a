"""The forms that send and decide; every choice before them is a link."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from commons.errors import Invalid
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.web.forms import Form
from rapidresponse.alerts.check import clean
from rapidresponse.alerts.composer import Intent
from rapidresponse.alerts.models import VersionKind


class SendForm(Form):
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

    def explain(self, error: Invalid) -> None:
        """Put the sentences of an error beside the fields they are about."""
        for name, sentence in error.fields.items():
            self[name].errors = [*self[name].errors, str(sentence)]
        if str(error):
            self.form_errors.append(str(error))


class DecideForm(Form):
    """A yes or no, with the hash of what was shown."""

    shown = HiddenField()
