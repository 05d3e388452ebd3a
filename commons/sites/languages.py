"""The languages in which the texts of a site are wanted."""

from __future__ import annotations

from collections.abc import Iterable

from commons import i18n
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites.models import Site
from commons.sites.order import MOVED


def of(site: Site) -> list[str]:
    """Return the codes of a site's languages, English first."""
    return [code for code in i18n.TAGS if code in {i18n.DEFAULT, *site.languages.split()}]


def choose(actor: Actor, site: Site, wanted: Iterable[str]) -> list[str]:
    """Want the texts of a site in these languages; English always stays.

    Raises Invalid for `languages` when one is not a language of the product, Conflict when
    somebody changed them since the site was read.
    """
    require(actor, "sites.describe", site)
    chosen = {i18n.DEFAULT, *wanted}
    if not chosen <= set(i18n.TAGS):
        sentence = _l("Choose from the languages on this page.")
        raise Invalid(sentence, {"languages": sentence})
    codes = [code for code in i18n.TAGS if code in chosen]
    with transaction():
        details = {"to": codes}
        record(actor, "languages.chosen", f"site:{site.public_id}", site=site.id, details=details)
        same = (Site.id == site.id) & (Site.languages == site.languages)
        if not Site.update(languages=" ".join(codes)).where(same).execute():
            raise Conflict(MOVED)
    return codes
