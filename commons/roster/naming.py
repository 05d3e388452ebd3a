"""Who stands behind a reference such as `account:7h3…`; the accounts above the roster say."""

from __future__ import annotations

from collections.abc import Callable

from commons.i18n import lazy_gettext as _l

# What the features above add: each returns a name, or None where it does not know the reference.
names: list[Callable[[str], str | None]] = []


def name_of(ref: str) -> str:
    """Return the name of whoever acted, or words that say that nobody knows any more."""
    for find in names:
        found = find(ref)
        if found:
            return found
    return str(_l("somebody who is no longer here"))
