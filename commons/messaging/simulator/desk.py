"""What every family of gateway routes shares: reading bodies and finding phones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .answers import FAILED, LIMITED, Answer, binding_error, cli_error
from .orders import BadOrderError, bind
from .people import People
from .phones import Failure, Phone
from .routing import Request
from .state import State

PREFIX = "Couldn't process request - "
View = Callable[[Request, dict[str, Any]], Answer]


class Desk:
    """A family of routes over one state."""

    def __init__(self, state: State, people: People) -> None:
        """Serve this state."""
        self.state = state
        self.people = people

    def bound(self, shape: dict[str, Any], view: View) -> Callable[[Request], Answer]:
        """A view that gets the request's JSON members of this shape."""

        def answer(request: Request) -> Answer:
            try:
                return view(request, bind(request.body, shape))
            except BadOrderError as refusal:
                return binding_error(refusal.text)

        return answer

    def gone(self, request: Request) -> str:
        """signal-cli's words when the account of the path is not there; else nothing."""
        settings, number = self.state.settings, request.names.get("number", "")
        if number in self.state.accounts and not settings.account_gone:
            return ""
        if settings.json_rpc:
            return "Specified account does not exist"
        return f"User {number} is not registered."

    def reach(self, request: Request, reference: str) -> Phone | Answer:
        """The phone a small message goes to, or the refusal."""
        settings = self.state.settings
        if gone := self.gone(request):
            return cli_error(gone, settings)
        phone = self.state.find_or_make(reference)
        if phone is None or phone.plan.mode in {Failure.UNREGISTERED, Failure.NETWORK}:
            return cli_error(FAILED, settings)
        if phone.plan.mode is Failure.RATE_LIMITED:
            return cli_error(LIMITED, settings)
        return phone
