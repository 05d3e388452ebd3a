"""Codes on paper, for people without Signal: made by the lead, good until they are taken back."""

from __future__ import annotations

import datetime as dt

from commons import clock, crypto, limits
from commons.accounts.by_signal import codes, people, service
from commons.accounts.by_signal.models import ReturnCode
from commons.accounts.models import Account, AccountState
from commons.audit import record
from commons.database import transaction
from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require, require_fresh
from commons.roster.models import Person
from commons.sites.models import Site

GOOD_FOR = dt.timedelta(days=180)
NOT_RIGHT = _l("This code is not right, or no longer good. Check it, or ask for a new sheet.")


def make(actor: Actor, site: Site, person: Person) -> str:
    """Return a new code for a person's sheet, to be shown once; the old one is worth nothing.

    Raises NotFresh, and Conflict for somebody who signs in another way.
    """
    require(actor, "accounts.sheet", site)
    require_fresh(actor)
    code, now = codes.paper_code(), clock.now()
    with transaction():
        account = people.checked_account(person)
        people.revoke_codes(person)
        ReturnCode.create(
            account=account,
            code_hash=_hash(code),
            made_by=actor.ref,
            made_at=now,
            expires_at=now + GOOD_FOR,
        )
        record(actor, "account.sheet_made", f"person:{person.public_id}", site=site.id)
    return code


def sign_in(code: str, device: str, network: str, *, shared: bool = False) -> str:
    """Return the token of a new session; raise Invalid, in the same words for every reason.

    A code works until it is taken back or too old, since its owner has nothing else. Raises
    RateLimited after too many tries from one network.
    """
    today = clock.now().date().isoformat()
    limits.hit("sign-in-page", today, network)
    limits.hit("return-code", today, network)
    now, mine = clock.now(), ReturnCode.code_hash == _hash(code)
    with transaction():
        used = ReturnCode.update(used_at=now).where(
            mine, ReturnCode.revoked_at.is_null(), ReturnCode.expires_at > now
        )
        if not used.execute():
            _refuse()
        account = Account.select().join(ReturnCode).where(mine).get()
        person = account.person
        usable = person is not None and people.may_sign_in(person)
        if not usable or account.state != AccountState.ACTIVE:
            _refuse()
        return service.opened(account, device, "sheet", shared=shared)


def _hash(code: str) -> str:
    return crypto.token_hash(codes.read_paper_code(code) or "")


def _refuse() -> None:
    raise Invalid(NOT_RIGHT, {"code": NOT_RIGHT})
