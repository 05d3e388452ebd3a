"""Peewee fields that make misuse impossible: sealed text, blind indexes, UTC times, choices."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Any, NoReturn

from peewee import BlobField, CharField, Check, Field

from commons import crypto


@dataclass(frozen=True)
class Sealed:
    """Personal text as stored; it must be asked to open, with the id of its own row."""

    data: bytes = field(repr=False)
    context: str

    def open(self, public_id: str) -> str:
        """Return the text; raise crypto.Unreadable if it was sealed for another row."""
        return crypto.ring().open(self.data, f"{self.context}.{public_id}")

    def __bool__(self) -> bool:
        """Refuse to be taken for its text."""
        return True

    def __str__(self) -> str:
        """Show nothing, so that a template that prints it prints no secret."""
        return "[sealed]"


@dataclass(frozen=True)
class Blind:
    """A keyed fingerprint, the only thing a blind index may be compared with."""

    data: bytes


def _refuse(self: Field, *_args: object, **_kwargs: object) -> NoReturn:
    raise TypeError(f"{self.name} is sealed: compare its blind index instead.")


class SealedField(BlobField):
    """Text sealed for one table, column and row; the row needs a `public_id`."""

    def bind(self, model: Any, name: str, set_attribute: bool = True) -> None:
        """Keep `table.column`, which every sealed value is bound to."""
        super().bind(model, name, set_attribute)
        self.context = f"{model._meta.table_name}.{self.column_name}"

    def seal(self, public_id: str, text: str) -> Sealed:
        """Return the text sealed for the row with this id."""
        sealed = crypto.ring().seal(text, f"{self.context}.{public_id}")
        return Sealed(sealed, self.context)

    def db_value(self, value: Any) -> Any:
        """Store a Sealed and nothing else."""
        if value is None:
            return None
        if not isinstance(value, Sealed) or value.context != self.context:
            raise TypeError(f"{self.name} takes only text sealed for it, not {type(value)!r}.")
        return super().db_value(value.data)

    def python_value(self, value: Any) -> Any:
        """Return the stored bytes as a Sealed."""
        return None if value is None else Sealed(bytes(value), self.context)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    in_ = not_in = contains = startswith = endswith = between = like = ilike = _refuse
    __hash__ = Field.__hash__


class BlindIndexField(BlobField):
    """A keyed fingerprint of a sealed value; refuses to be compared with plain text."""

    def of(self, value: str) -> Blind:
        """Return the fingerprint of a value in this column."""
        context = f"{self.model._meta.table_name}.{self.column_name}"
        return Blind(crypto.ring().blind(value, context))

    def db_value(self, value: Any) -> Any:
        """Store a Blind and nothing else."""
        if value is None:
            return None
        if not isinstance(value, Blind):
            raise TypeError(f"{self.name} takes only a blind index, not {type(value)!r}.")
        return super().db_value(value.data)

    def python_value(self, value: Any) -> Any:
        """Return the stored bytes as a Blind."""
        return None if value is None else Blind(bytes(value))

    __lt__ = __le__ = __gt__ = __ge__ = _refuse
    contains = startswith = endswith = between = like = ilike = _refuse
    __hash__ = Field.__hash__


class UTCDateTimeField(Field):
    """An instant in UTC: TIMESTAMPTZ on PostgreSQL, sortable text on SQLite."""

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: Any) -> Any:
        """Store an aware time; refuse one without a zone."""
        if value is None:
            return None
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            raise TypeError(f"{self.name} takes only a time with its zone.")
        return value.astimezone(dt.UTC).isoformat(sep=" ", timespec="microseconds")

    def python_value(self, value: Any) -> Any:
        """Return an aware time in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            value = dt.datetime.fromisoformat(value)
        return value.astimezone(dt.UTC)


class ChoiceField(CharField):
    """One of an enumeration's words; the database refuses every other."""

    def __init__(
        self, choices: type[enum.StrEnum], *, checked: bool = True, **options: Any
    ) -> None:
        """Keep the enumeration and write its words into a check constraint.

        `checked=False` leaves the constraint out, for a list that grows without a migration.
        """
        self.enumeration, self.checked = choices, checked
        options.setdefault("max_length", 32)
        super().__init__(**options)

    def bind(self, model: Any, name: str, set_attribute: bool = True) -> None:
        """Add the check when the column's name is known."""
        super().bind(model, name, set_attribute)
        if not self.checked:
            return
        words = ", ".join(f"'{word.value}'" for word in self.enumeration)
        # Added to the field, not to the model: a model's constraints are shared with subclasses.
        self.constraints = [*(self.constraints or []), Check(f"{self.column_name} IN ({words})")]

    def db_value(self, value: Any) -> Any:
        """Store the word."""
        return None if value is None else self.enumeration(value).value

    def python_value(self, value: Any) -> Any:
        """Return the member of the enumeration."""
        return None if value is None else self.enumeration(value)


class PublicIdField(CharField):
    """A random id for URLs, made when the row is made."""

    def __init__(self, **options: Any) -> None:
        """Use a new random id unless one is given."""
        options.setdefault("default", crypto.public_id)
        super().__init__(max_length=32, unique=True, **options)
