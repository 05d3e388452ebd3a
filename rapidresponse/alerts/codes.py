"""The codes that people say aloud: no two alerts of a site share one at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.sites.models import Site
from rapidresponse.alerts import versions
from rapidresponse.alerts.composer import code_of
from rapidresponse.alerts.models import Alert


def free_code(site: Site, key: str, now: dt.datetime) -> str:
    """Return the code of a key; raise Conflict where an alert of the site uses it or has lately."""
    code = code_of(key)
    taken = Alert.select().where(
        Alert.site == site,
        Alert.code == code,
        Alert.ended_at.is_null() | (Alert.ended_at > now - versions.KEPT),
    )
    if taken.exists():
        raise Conflict(_l("Another alert took this code at the same moment. Start again."))
    return code


def free_key(site: Site, keys: Callable[[], str], now: dt.datetime) -> str:
    """Return a new key whose code no alert of the site uses or has used lately."""
    while True:
        key = keys()
        try:
            free_code(site, key, now)
        except Conflict:
            continue
        return key
