"""The form that all our forms are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm


class Form(FlaskForm):
    """A form whose errors are plain text in the language in force."""

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check every field, and put lazy sentences into words while the language is known."""
        fine = bool(super().validate(*args, **kwargs))
        for field in self:
            field.errors = [str(error) for error in field.errors]
        return fine

    def refuse(self, faults: Mapping[str, object], whole: object = "") -> None:
        """Show a service's sentence beside each field, and above the form what is about none."""
        for name, sentence in faults.items():
            self[name].errors = [str(sentence)]
        if not faults:
            self.form_errors = [str(whole)]
