"""What of the accounts belongs on somebody's home page now."""

from __future__ import annotations

from collections.abc import Sequence

from commons import clock
from commons.accounts import freezing
from commons.accounts.home import Row
from commons.accounts.models import Account
from commons.accounts.staff import listing
from commons.i18n import gettext as _
from commons.permissions import Actor, may
from commons.sites.models import Site


def needing_me(actor: Actor, site: Site) -> Sequence[Row]:
    """Return a row for each proposal that waits for the visitor, and for a quiet call for help."""
    rows = _quiet_calls(actor, site)
    if not may(actor, "accounts.grant"):
        return rows
    for proposal in listing.for_me(actor, site):
        url = f"/sites/{site.public_id}/accounts" if proposal.site_id else "/accounts"
        words = listing.proposal_words(proposal)
        rows.append(Row(words, _("Confirm or decline"), url, proposal.proposed_at))
    return rows


def _quiet_calls(actor: Actor, site: Site) -> list[Row]:
    """Return a row for those whom Signal does not reach; it names nobody, as the message does."""
    frozen = Account.select().where(Account.frozen_until > clock.now())
    words = _("Somebody who works with you asked for help quietly. Check on your team in person.")
    return [
        Row(
            words,
            _("Open"),
            f"/sites/{site.public_id}",
            account.frozen_until - freezing.LASTS,
            urgent=True,
        )
        for account in frozen
        for peer in freezing.peers(account)
        if peer.id == actor.account_id and not freezing.reachable(peer.person)
    ]
