"""The gateway's routes about whom the account knows: contacts, identities, search."""

from __future__ import annotations

from typing import Any

from .answers import Answer, as_json, cli_error, error
from .desk import PREFIX, Desk
from .phones import Failure, Phone
from .routing import Request, Routes
from .sending import NEXT_ATTEMPT

CONTACT: dict[str, Any] = {"recipient": str, "name": str, "expiration_in_seconds": int}
TRUST: dict[str, Any] = {"verified_safety_number": str, "trust_all_known_keys": bool}
NOT_TRUSTED = (
    "Failed to set the trust for this number, make sure the number and the"
    " fingerprint/safety number are correct."
)


class AddressBook(Desk):
    """The routes that tell about phones, and the one that trusts a key."""

    def register(self, routes: Routes) -> None:
        """Add the routes."""
        trust_path = "/v1/identities/{number}/trust/{reference}"
        routes.add("PUT", "/v1/contacts/{number}", self.bound(CONTACT, self.name_contact))
        routes.add("PUT", trust_path, self.bound(TRUST, self.trust))
        routes.add("GET", "/v1/contacts/{number}", self.contacts)
        routes.add("GET", "/v1/identities/{number}", self.identities)
        routes.add("GET", "/v1/search/{number}", self.search)
        routes.add("GET", "/v1/search", self.search)

    def name_contact(self, request: Request, values: dict[str, Any]) -> Answer:
        """Name a contact and set its timer; 0 seconds are dropped in json-rpc mode."""
        if not values.get("recipient"):
            return error(PREFIX + "recipient missing")
        phone = self.reach(request, values["recipient"])
        if isinstance(phone, Answer):
            return phone
        with self.state.lock:
            phone.contact_name = values.get("name", phone.contact_name)
            seconds = values.get("expiration_in_seconds")
            if seconds or (seconds == 0 and not self.state.settings.json_rpc):
                phone.expires_in = seconds
            self.state.changed(phone)
        return Answer(204)

    def contacts(self, request: Request) -> Answer:
        """The contacts of the account, with `all_recipients` everyone it ever met."""
        if gone := self.gone(request):
            return cli_error(gone, self.state.settings)
        everyone = request.one("all_recipients") == "true"
        with self.state.lock:
            return as_json(
                200,
                [
                    _contact(phone)
                    for phone in self.state.phones.values()
                    if phone.contact_name or (everyone and phone.met)
                ],
            )

    def identities(self, request: Request) -> Answer:
        """One row per key the account knows; errors are 500 here."""
        if gone := self.gone(request):
            return cli_error(gone, self.state.settings, status=500)
        with self.state.lock:
            rows = [
                _identity(phone, key)
                for phone in self.state.phones.values()
                if phone.met or not phone.trusted
                for key in range(1, phone.key + 1)
            ]
        return as_json(200, rows)

    def trust(self, request: Request, values: dict[str, Any]) -> Answer:
        """Trust a phone's key by its safety number, or whatever keys are known."""
        number = values.get("verified_safety_number")
        blindly = values.get("trust_all_known_keys", False)
        if number is None and not blindly:
            return error(
                PREFIX + "please either provide a safety number (preferred & more secure)"
                " or set 'trust_all_known_keys' to true"
            )
        if number is not None and blindly:
            return error(
                PREFIX + "please either provide a safety number or set 'trust_all_known_keys'"
                " to true. But do not set both parameters at once!"
            )
        if number == "":
            return error(PREFIX + "please provide a valid safety number")
        phone = self.state.find(request.names["reference"])
        if self.gone(request) or phone is None:
            return error(NOT_TRUSTED)
        if number is not None and number != phone.safety_number(phone.key):
            return error(NOT_TRUSTED)
        self.people.trust(phone, verified=number is not None)
        return Answer(204)

    def search(self, request: Request) -> Answer:
        """Which numbers are on Signal; an unencoded plus arrives as a space, as there."""
        settings = self.state.settings
        numbers = request.query.get("numbers", [])
        if not numbers:
            return error("Please provide numbers to query for")
        if "number" not in request.names and not settings.account_gone and self.state.accounts:
            request.names["number"] = self.state.accounts[0]
        if gone := self.gone(request):
            return cli_error(gone, settings)
        if settings.search_limited:
            return cli_error(NEXT_ATTEMPT, settings)
        return as_json(
            200, [{"number": number, "registered": self._registered(number)} for number in numbers]
        )

    def _registered(self, number: str) -> bool:
        phone = self.state.find(number) if number.startswith("+") else None
        if phone is None:
            return number.startswith("+") and not self.state.settings.strict
        return phone.plan.mode is not Failure.UNREGISTERED


def _contact(phone: Phone) -> dict[str, Any]:
    return {
        "number": phone.shown_number or "",
        "uuid": phone.uuid,
        "name": phone.contact_name,
        "profile_name": phone.name,
        "username": phone.username or "",
        "color": "",
        "blocked": False,
        "message_expiration": str(phone.expires_in),
        "note": "",
        "profile": {
            "given_name": phone.name,
            "lastname": "",
            "about": "",
            "has_avatar": False,
            "last_updated_timestamp": 0,
        },
        "given_name": phone.name,
        "nickname": {"name": "", "given_name": "", "family_name": ""},
    }


def _identity(phone: Phone, key: int) -> dict[str, Any]:
    if key > phone.trusted_key:
        status = "UNTRUSTED"
    else:
        status = "TRUSTED_VERIFIED" if phone.verified else "TRUSTED_UNVERIFIED"
    digits = phone.safety_number(key)
    return {
        "number": phone.shown_number or "",
        "status": status,
        "fingerprint": " ".join(digits[i : i + 2] for i in range(0, 20, 2)),
        "added": str(1700000000000 + key),
        "safety_number": digits,
        "uuid": phone.uuid,
    }
