"""The few named things that can go wrong, each with a sentence for a person.

The sentence says what happened and what to do. `commons.web.errors` turns these into
pages in one place; the command line prints the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """Something a person did could not be done; `sentence` tells them why."""

    status = 400
    title = "This could not be done"

    def __init__(self, sentence: object = "", **details: object) -> None:
        """Keep the sentence, which may be a lazy translation, and details for the log."""
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details

    def __str__(self) -> str:
        """Return the sentence in the language in force now."""
        return str(self.sentence)


class Forbidden(DomainError):
    """The actor is known here, but may not do this."""

    status = 403


class NotFound(DomainError):
    """There is no such thing for this actor; strangers learn nothing more."""

    status = 404


class Conflict(DomainError):
    """Somebody else was faster, or the thing has moved on."""

    status = 409


class Invalid(DomainError):
    """What was given cannot be used; `fields` maps a field's name to its sentence."""

    status = 422

    def __init__(self, sentence: object = "", fields: Mapping[str, object] | None = None) -> None:
        """Keep a sentence for each field that needs another look."""
        super().__init__(sentence)
        self.fields = dict(fields or {})


class RateLimited(DomainError):
    """Too many tries; `retry_after` is in seconds."""

    status = 429

    def __init__(self, sentence: object, retry_after: int) -> None:
        """Keep how many seconds to wait."""
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something we depend on does not answer."""

    status = 503


class ConfigurationError(Exception):
    """The start is refused; `faults` holds every fault, one plain sentence each."""

    def __init__(self, faults: list[str]) -> None:
        """Keep all faults, so that one look mends them all."""
        super().__init__("\n".join(faults))
        self.faults = faults
