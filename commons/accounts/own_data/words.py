"""What somebody reads for the states of what is held about them."""

from __future__ import annotations

from commons.accounts.models import AccountState, ProposalKind, ProposalState
from commons.i18n import lazy_gettext as _l
from commons.messaging.models import MessageState
from commons.roster.joining.models import JoinState
from commons.roster.models import MethodKind, MethodState
from commons.roster.trust.models import TrustKind

METHODS = {
    MethodKind.SIGNAL: _l("Signal"),
    MethodKind.PHONE: _l("Phone"),
    MethodKind.EMAIL: _l("E-mail"),
}
METHOD_STATES = {
    MethodState.UNVERIFIED: _l("Not tried yet"),
    MethodState.WORKING: _l("Works"),
    MethodState.FAILING: _l("The last tries did not arrive"),
    MethodState.REFUSED: _l("Nobody is there"),
}
JOINING = {
    JoinState.WAITING: _l("Waiting"),
    JoinState.ADMITTED: _l("Admitted"),
    JoinState.DECLINED: _l("Declined"),
}
TRUST = {
    TrustKind.SEEN: _l("The site lead has seen you"),
    TrustKind.VOUCHED: _l("Two members vouched for you"),
    TrustKind.VERIFIED: _l("Checked by the district"),
    TrustKind.FROZEN: _l("Waits for a review"),
}
MESSAGES = {
    MessageState.HELD: _l("Waits for a second person’s yes"),
    MessageState.QUEUED: _l("Waits to be sent"),
    MessageState.SENDING: _l("Being sent"),
    MessageState.UNKNOWN: _l("It is not known whether it arrived"),
    MessageState.SENT: _l("Sent"),
    MessageState.DELIVERED: _l("Arrived"),
    MessageState.READ: _l("Read"),
    MessageState.FAILED: _l("Did not arrive"),
    MessageState.CANCELLED: _l("Taken back"),
    MessageState.EXPIRED: _l("Too late to be sent"),
}
ACCOUNTS = {
    AccountState.ACTIVE: _l("In use"),
    AccountState.SUSPENDED: _l("Suspended"),
}
PROPOSALS = {
    ProposalKind.GRANT: _l("A role for you"),
    ProposalKind.RECOVERY: _l("A new start for your account"),
}
PROPOSAL_STATES = {
    ProposalState.OPEN: _l("Not answered yet"),
    ProposalState.CONFIRMED: _l("Confirmed"),
    ProposalState.DECLINED: _l("Declined"),
}


def who(ref: str | None) -> object:
    """Return who did something, without saying which person it was."""
    kind = (ref or "").partition(":")[0]
    if kind in ("account", "person"):
        return _l("Somebody with a role there")
    if kind == "signal":
        return _l("You, by Signal")
    return _l("Whoever runs the server") if kind == "console" else _l("Not known")
