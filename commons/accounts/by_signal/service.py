"""A page that waits for its code from Signal: made, asked about, answered, and used once.

The page holds a random token, the table its hash. Everything the page shows is the same for
everybody: who sends the code is known only once they have sent it, from their own phone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from commons import clock, crypto, limits
from commons.accounts import sessions
from commons.accounts.by_signal import codes, people
from commons.accounts.by_signal.models import RequestState, SignInRequest
from commons.accounts.models import Account, AccountState, SignInSession
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.roster.joining import service as joining
from commons.roster.joining.models import Invite
from commons.roster.models import Person

SEND_WITHIN = dt.timedelta(minutes=10)
ANSWER_WITHIN = dt.timedelta(minutes=2)
GO_ON_WITHIN = dt.timedelta(minutes=5)
SHARED_DEVICE = dt.timedelta(hours=12)
NOT_READY = _l("Nobody has been signed in here yet. Answer in Signal first, or start again.")
NOT_YOURS = _l("Answer from the phone that this account belongs to.")
_UNDER_WAY = (RequestState.OPEN, RequestState.ASKED)


@dataclass(frozen=True)
class Shown:
    """What a page shows: waiting, approved, refused, late or used; code and number while needed."""

    state: str
    code: str = ""
    number: str = ""


def start(
    device: str, network: str, *, invite: Invite | None = None, name: str = "", language: str = ""
) -> str:
    """Make what a page waits for, and return the token that binds it to its browser.

    Raises RateLimited when too many codes were asked for from one network.
    """
    today = clock.now().date().isoformat()
    if invite is None:
        limits.hit("sign-in-page", today, network)
        limits.hit("sign-in-code", today, network)
    else:
        # On the evening when a school takes its families in, all of them share its network.
        limits.hit("sign-in-page", today, network, invite.public_id)
    token, public_id, code, now = crypto.token(), crypto.public_id(), codes.page_code(), clock.now()
    with transaction():
        SignInRequest.create(
            public_id=public_id,
            token_hash=crypto.token_hash(token),
            code_index=SignInRequest.code_index.of(code),
            device=device,
            invite=invite,
            language=language,
            made_at=now,
            expires_at=now + SEND_WITHIN,
            **SignInRequest.sealed(
                public_id, code=code, number=codes.numbers()[0], name=name or None
            ),
        )
    return token


def shown(token: str) -> Shown | None:
    """Return what the page with this token shows, or None for a token that is nobody's.

    That the code has come changes nothing: no page tells who is known.
    """
    with connection():
        row = SignInRequest.get_or_none(SignInRequest.token_hash == crypto.token_hash(token))
    if row is None:
        return None
    if row.state in (RequestState.USED, RequestState.REFUSED):
        return Shown(row.state.value)
    if row.expires_at <= clock.now():
        return Shown("late")
    if row.state == RequestState.APPROVED:
        return Shown("approved")
    return Shown("waiting", row.reveal("code"), row.reveal("number"))


def waiting_for(code: str, person: Person | None = None) -> SignInRequest | None:
    """Return the page that waits for this code, or that this person was asked about already."""
    found: SignInRequest | None = SignInRequest.get_or_none(
        SignInRequest.code_index == SignInRequest.code_index.of(code),
        SignInRequest.expires_at > clock.now(),
        SignInRequest.state.in_(_UNDER_WAY),
    )
    if found is None or found.state == RequestState.OPEN:
        return found
    return found if person is not None and found.person_id == person.id else None


def ask(row: SignInRequest, person: Person) -> bool:
    """Note that this person's phone sent the code; return False if another's was faster."""
    if row.state == RequestState.ASKED:
        return bool(row.person_id == person.id)
    now = clock.now()
    until = {"asked_at": now, "expires_at": now + ANSWER_WITHIN}
    return _move(row, RequestState.OPEN, RequestState.ASKED, person=person, **until)


def answer(public_id: str, person: Person, number: str) -> RequestState | None:
    """Take the number that a person picked: approved, refused for good, or None for too late."""
    row = SignInRequest.get_or_none(
        SignInRequest.public_id == public_id, SignInRequest.person == person
    )
    if row is None:
        return None
    right = number == row.reveal("number")
    to = RequestState.APPROVED if right else RequestState.REFUSED
    until = {"expires_at": clock.now() + GO_ON_WITHIN} if right else {}
    return to if _move(row, RequestState.ASKED, to, **until) else None


def sign_in(token: str, device: str, *, shared: bool = False) -> str:
    """Use an approved page up and return the token of a new session.

    Whoever came by an invite asks to join first. Raises Conflict when nobody approved, when it
    was used already, and for somebody to whom nothing would open; what joining raises, too.
    """
    with transaction():
        row = _use(token)
        person = Person.get_by_id(row.person_id)
        if row.invite is not None:
            joining.ask_to_join(row.invite, person, row.reveal("name"), row.language, clock.now())
        # Joining may have given them their name.
        account = people.checked_account(Person.get_by_id(person.id))
        return opened(account, device, "signal", shared=shared)


def opened(account: Account, device: str, way: str, *, shared: bool) -> str:
    """Open a session, shorter on a device that others use, and write down by which way."""
    if account.state != AccountState.ACTIVE:
        raise Conflict(NOT_READY)
    token = sessions.open_session(account, device, SHARED_DEVICE if shared else None)
    actor, details = sessions.actor_for(account), {"way": way, "shared": shared}
    record(actor, "account.signed_in", f"account:{account.public_id}", details=details)
    return token


def prove_again(token: str, account: Account, session: SignInSession) -> str:
    """Use an approved page up and return the session's new token, now fresh.

    Raises Conflict when nobody approved, or somebody other than the account's own person.
    """
    with transaction():
        row = _use(token)
        if row.person_id != account.person_id:
            raise Conflict(NOT_YOURS)
        return sessions.renew(session)


def _use(token: str) -> SignInRequest:
    row = SignInRequest.get_or_none(SignInRequest.token_hash == crypto.token_hash(token))
    if row is None or not _move(row, RequestState.APPROVED, RequestState.USED):
        raise Conflict(NOT_READY)
    return row


def _move(row: SignInRequest, old: RequestState, new: RequestState, **changes: Any) -> bool:
    here = SignInRequest.id == row.id, SignInRequest.state == old
    with transaction():
        moved = SignInRequest.update(state=new, **changes).where(
            *here, SignInRequest.expires_at > clock.now()
        )
        return bool(moved.execute())
