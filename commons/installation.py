"""Facts about this installation itself: which key it was made with, and whether it is invented."""

from __future__ import annotations

from peewee import CharField

from commons.database import WRONG_KEY, BaseModel, transaction
from commons.errors import ConfigurationError
from commons.settings import Settings

MIXED = (
    "This database belongs to a demonstration, or this demonstration was pointed at a real "
    "database. Use another FAROLITO_DATABASE_URL: invented and real people never mix."
)


class Installation(BaseModel):
    """Facts about this installation itself, such as which key it was made with."""

    name = CharField(max_length=40, primary_key=True)
    value = CharField(max_length=200)


def check_key(settings: Settings) -> None:
    """Refuse to run with another key than the data was sealed with; nothing is overwritten.

    Raises ConfigurationError. The first start of an installation notes its key's fingerprint.
    """
    with transaction():
        row, _made = Installation.get_or_create(
            name="key-fingerprint", defaults={"value": settings.keys.fingerprint()}
        )
    if row.value != settings.keys.fingerprint():
        raise ConfigurationError([WRONG_KEY])


def check_demonstration(settings: Settings) -> None:
    """Keep invented people and real ones apart: a database is one or the other for good.

    Raises ConfigurationError. So demonstration data never meets a real gateway.
    """
    wanted = "yes" if settings.demonstration else "no"
    with transaction():
        row, _made = Installation.get_or_create(name="demonstration", defaults={"value": wanted})
    if row.value != wanted:
        raise ConfigurationError([MIXED])
