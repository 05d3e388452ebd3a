"""The one button of erasing oneself."""

from __future__ import annotations

from commons.web.forms import Form


class EraseForm(Form):
    """The button; nothing is typed, and no reason is asked."""
