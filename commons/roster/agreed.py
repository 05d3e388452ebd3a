"""What people agreed to where they are, for a site that has nobody's answer of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from commons.roster.holders import lent_consents
from commons.roster.models import Consent, ConsentState
from commons.sites.models import Site


def at(site: Site, persons: Iterable[int]) -> dict[int, ConsentState]:
    """Return what these persons agreed to at a site, or for their role in its office."""
    keys = list(persons)
    if not keys:
        return {}
    rows: Any = Consent.select(Consent.person, Consent.state).where(
        Consent.site == site, Consent.person.in_(keys)
    )
    lent = lent_consents(site)
    return {key: lent[key] for key in keys if key in lent} | dict(rows.tuples())


def anywhere(persons: Iterable[int]) -> dict[int, ConsentState]:
    """Return what these persons agreed to at any site; a STOP at one of them stands."""
    keys = list(persons)
    found: dict[int, ConsentState] = {}
    if not keys:
        return found
    rows: Any = Consent.select(Consent.person, Consent.state).where(Consent.person.in_(keys))
    for person_id, state in rows.tuples():
        settled = found.get(person_id) in (ConsentState.WITHDRAWN, ConsentState.GIVEN)
        if state == ConsentState.WITHDRAWN or not settled:
            found[person_id] = state
    return found
