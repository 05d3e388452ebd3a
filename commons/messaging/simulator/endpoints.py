"""The gateway's smaller routes: receipts, reactions, typing, taking back, lifting a limit."""

from __future__ import annotations

from typing import Any

from .answers import Answer, as_json, cli_error, error
from .desk import PREFIX, Desk
from .phones import Failure, Plan
from .routing import Request, Routes

SUBJECT: dict[str, Any] = {
    "recipient": str,
    "timestamp": int,
    "receipt_type": str,
    "reaction": str,
    "target_author": str,
}
CHALLENGE: dict[str, Any] = {"challenge_token": str, "captcha": str}


class Endpoints(Desk):
    """The routes that act on one phone, and the one that lifts a rate limit."""

    def register(self, routes: Routes) -> None:
        """Add the routes."""
        for method, path, shape, view in (
            ("POST", "/v1/receipts/{number}", SUBJECT, self.receipt),
            ("POST", "/v1/reactions/{number}", SUBJECT, self.react),
            ("DELETE", "/v1/reactions/{number}", SUBJECT, self.unreact),
            ("PUT", "/v1/typing-indicator/{number}", SUBJECT, self.typing),
            ("DELETE", "/v1/typing-indicator/{number}", SUBJECT, self.typing),
            ("DELETE", "/v1/remote-delete/{number}", SUBJECT, self.delete),
            ("POST", "/v1/accounts/{number}/rate-limit-challenge", CHALLENGE, self.challenge),
        ):
            routes.add(method, path, self.bound(shape, view))

    def receipt(self, request: Request, values: dict[str, Any]) -> Answer:
        """Tell a phone that its message was read; `viewed` is sent as read too."""
        if not values.get("recipient"):
            return error(PREFIX + "recipient missing")
        if values.get("receipt_type") not in {"read", "viewed"}:
            return error(PREFIX + "receipt type must be read or viewed")
        if not values.get("timestamp"):
            return error(PREFIX + "timestamp missing")
        phone = self.reach(request, values["recipient"])
        if isinstance(phone, Answer):
            return phone
        for message in self.state.with_timestamp(values["timestamp"]):
            if message.phone == phone.uuid and not message.to_phone:
                message.read = True
                self.state.altered(message)
        return Answer(204)

    def react(self, request: Request, values: dict[str, Any]) -> Answer:
        """React to a message of a phone, or to an own one."""
        return self._react(request, values, ("recipient", "reaction", "target_author", "timestamp"))

    def unreact(self, request: Request, values: dict[str, Any]) -> Answer:
        """Take a reaction back."""
        values = {**values, "reaction": ""}
        return self._react(request, values, ("recipient", "target_author", "timestamp"))

    def _react(self, request: Request, values: dict[str, Any], needed: tuple[str, ...]) -> Answer:
        for name in needed:
            if not values.get(name):
                return error(f"{PREFIX}{name} missing")
        if values["recipient"].startswith("group."):
            return Answer(204)
        phone = self.reach(request, values["recipient"])
        if isinstance(phone, Answer):
            return phone
        for message in self.state.with_timestamp(values["timestamp"]):
            if message.phone == phone.uuid:
                message.reaction_from_account = values["reaction"]
                self.state.altered(message)
        return Answer(204)

    def typing(self, request: Request, values: dict[str, Any]) -> Answer:
        """Show or hide that the account is typing."""
        if values.get("recipient", "").startswith("group."):
            return Answer(204)
        reached = self.reach(request, values.get("recipient", ""))
        return reached if isinstance(reached, Answer) else Answer(204)

    def delete(self, request: Request, values: dict[str, Any]) -> Answer:
        """Take a sent message back on the phones it went to."""
        for name in ("recipient", "timestamp"):
            if not values.get(name):
                return error(f"{PREFIX}{name} missing")
        group = values["recipient"].startswith("group.")
        reached = None if group else self.reach(request, values["recipient"])
        if isinstance(reached, Answer):
            return reached
        for message in self.state.with_timestamp(values["timestamp"]):
            if message.to_phone and (reached is None or message.phone == reached.uuid):
                message.deleted = True
                self.state.altered(message)
        return as_json(201, {"timestamp": str(self.state.stamp())})

    def challenge(self, request: Request, values: dict[str, Any]) -> Answer:
        """Lift a rate limit: every phone limited with this token is well again.

        The setting `captcha`, if there is one, is the only solution that is taken.
        """
        settings = self.state.settings
        for name, word in (("challenge_token", "challenge token"), ("captcha", "captcha")):
            if not values.get(name):
                return error(f"{PREFIX}{word} missing")
        if gone := self.gone(request):
            return cli_error(gone, settings)
        right = values["captcha"].startswith("signalcaptcha://")
        if not right or (settings.captcha and values["captcha"] != settings.captcha):
            return cli_error(
                "Captcha rejected, it may be outdated, already used or solved from a"
                " different IP address.",
                settings,
            )
        with self.state.lock:
            for phone in self.state.phones.values():
                limited = phone.plan.mode in {Failure.RATE_LIMITED, Failure.LIMITED_BUT_DELIVERED}
                if limited and phone.plan.token == values["challenge_token"]:
                    phone.plan = Plan()
                    self.state.changed(phone)
        return Answer(204)
