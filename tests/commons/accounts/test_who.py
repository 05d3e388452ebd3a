"""As whom somebody acted: a role, never a name."""

from commons import clock
from commons.accounts.models import Membership
from commons.accounts.who import role_at
from commons.permissions import Role
from tests.builders import Cast, an_account


def test_a_role_is_said_of_whoever_reaches_the_site(cast: Cast) -> None:
    for account, role in (
        (cast.rosa, Role.SITE_LEAD),
        (cast.mara, Role.ADMINISTRATOR),
        (cast.dana, Role.DISTRICT_ADMINISTRATOR),
        (cast.ines, None),
        (cast.stranger, None),
    ):
        assert role_at(f"account:{account.public_id}", cast.lincoln) == role


def test_the_role_at_the_site_comes_before_that_of_everywhere(cast: Cast) -> None:
    both = an_account(Role.DISPATCHER)
    Membership.create(
        account=both,
        role=Role.SITE_LEAD,
        site=cast.lincoln,
        since=clock.now(),
        granted_by="test",
    )
    assert role_at(f"account:{both.public_id}", cast.lincoln) == Role.SITE_LEAD


def test_the_console_and_what_is_unknown_have_no_role(cast: Cast) -> None:
    for ref in ("console", "relay", "test", "account:x"):
        assert role_at(ref, cast.lincoln) is None
