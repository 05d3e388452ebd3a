"""The forms that review and write words; the rules are the service's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from wtforms import BooleanField, HiddenField, TextAreaField

from commons.i18n import lazy_gettext as _l
from commons.web.forms import Form
from rapidresponse.alerts.texts.faults import tidy
from rapidresponse.alerts.texts.standing import Standing

READS = _l("I read this language well, and these words are right")


class ReviewForm(Form):
    """A tick, and the hash of each text that the page showed."""

    reads = BooleanField(READS)
    shown = HiddenField()
    back = HiddenField()

    def show(self, standings: Iterable[Standing], back: str = "") -> ReviewForm:
        """Bind the form to the words on the page, and return it."""
        self.shown.data = " ".join(f"{one.key}={one.digest}" for one in standings)
        self.back.data = self.back.data or back
        return self

    def hashes(self) -> dict[str, str]:
        """Return the hashes by key, as the page showed them."""
        pairs = (word.partition("=") for word in (self.shown.data or "").split())
        return {key: digest for key, _sign, digest in pairs}


class OwnForm(Form):
    """A site's own words: typed, looked at in a bubble, then kept."""

    body = TextAreaField(_l("The words"))
    reads = BooleanField(READS)
    after = HiddenField()
    seen = HiddenField()

    def typed(self) -> str:
        """Return the words as they would be kept."""
        return tidy(self.body.data or "")

    def number_before(self) -> int:
        """Return the version these words were written on; -1 where none was sent."""
        text = self.after.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else -1

    def was_seen(self) -> bool:
        """Return whether the words are those that the page last showed in a bubble."""
        return self.seen.data == self._mark()

    def note_seen(self) -> None:
        """Remember that the page shows these words in a bubble."""
        self.seen.data = self._mark()

    def _mark(self) -> str:
        return hashlib.sha256(self.typed().encode()).hexdigest()


class BackForm(Form):
    """Back to the library's words."""

    after = HiddenField()

    def number_before(self) -> int:
        """Return the version that was on the page; -1 where none was sent."""
        text = self.after.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else -1
