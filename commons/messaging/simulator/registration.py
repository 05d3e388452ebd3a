"""The gateway's routes for the account itself: registering, profile, settings, devices."""

from __future__ import annotations

from typing import Any

from .answers import Answer, as_json, cli_error, error
from .desk import PREFIX, Desk
from .orders import BadOrderError, bind
from .routing import Request, Routes

CAPTCHA = (
    "Captcha required for verification, use --captcha CAPTCHA\n"
    "To get the token, go to https://signalcaptchas.org/registration/generate.html\n"
    'After solving the captcha, right-click on the "Open Signal" link and copy the link.'
)
REGISTER: dict[str, Any] = {"captcha": str, "use_voice": bool, "pin": str}
PROFILE: dict[str, Any] = {"name": str, "about": str, "base64_avatar": str}
TRUST_MODES = ("on-first-use", "always", "never")
CODE = "123456"
PIN = "1234"


class Registration(Desk):
    """Routes that need no phone."""

    def register(self, routes: Routes) -> None:
        """Add the routes."""
        routes.add("POST", "/v1/register/{number}", self.begin)
        routes.add("POST", "/v1/register/{number}/verify/{code}", self.verify)
        routes.add("POST", "/v1/unregister/{number}", self.unregister)
        routes.add("PUT", "/v1/profiles/{number}", self.bound(PROFILE, self.profile))
        routes.add("PUT", "/v1/accounts/{number}/settings", lambda _request: Answer(201))
        routes.add("GET", "/v1/configuration", self.configuration)
        routes.add("GET", "/v1/configuration/{number}/settings", self.trust_mode)
        shape = {"trust_mode": str}
        path = "/v1/configuration/{number}/settings"
        routes.add("POST", path, self.bound(shape, self.set_trust_mode))
        routes.add("GET", "/v1/devices/{number}", self.devices)
        routes.add("GET", "/v1/attachments", lambda _request: as_json(200, []))
        routes.add("GET", "/v1/attachments/{id}", self.no_attachment)
        routes.add("DELETE", "/v1/attachments/{id}", self.no_attachment)

    def begin(self, request: Request) -> Answer:
        """Ask for a code; a captcha is always wanted."""
        try:
            values = bind(request.body or b"{}", REGISTER)
        except BadOrderError:
            return error(PREFIX + "invalid request.")
        captcha = values.get("captcha", "")
        if not captcha:
            return cli_error(CAPTCHA, self.state.settings)
        if not captcha.startswith("signalcaptcha://"):
            return cli_error("Invalid captcha given.", self.state.settings)
        return Answer(201)

    def verify(self, request: Request) -> Answer:
        """Give the code, 123456 (with or without a dash); a PIN, if given, must be 1234."""
        try:
            values = bind(request.body or b"{}", REGISTER)
        except BadOrderError:
            return error(PREFIX + "invalid request.")
        settings = self.state.settings
        if values.get("pin", PIN) != PIN:
            return cli_error("Verification failed! Invalid pin, tries remaining: 9", settings)
        if request.names["code"].replace("-", "") != CODE:
            return cli_error("Verify error: StatusCode: 403", settings)
        settings.account_gone = False
        if request.names["number"] not in self.state.accounts:
            self.state.accounts.append(request.names["number"])
        return Answer(201)

    def unregister(self, request: Request) -> Answer:
        """Give the account up."""
        if gone := self.gone(request):
            return cli_error(gone, self.state.settings)
        self.state.accounts.remove(request.names["number"])
        return Answer(204)

    def profile(self, request: Request, values: dict[str, Any]) -> Answer:
        """Set the profile; in json-rpc mode 204 even when that failed."""
        if not values.get("name"):
            return error(PREFIX + "profile name missing")
        gone = self.gone(request)
        if gone and not self.state.settings.json_rpc:
            return cli_error(gone, self.state.settings)
        return Answer(204)

    def configuration(self, _request: Request) -> Answer:
        """The log level."""
        return as_json(200, {"logging": {"Level": "info"}})

    def trust_mode(self, _request: Request) -> Answer:
        """The trust mode; in json-rpc mode not the real one."""
        settings = self.state.settings
        mode = "on-first-use" if settings.json_rpc else settings.trust_mode
        return as_json(200, {"trust_mode": mode})

    def set_trust_mode(self, _request: Request, values: dict[str, Any]) -> Answer:
        """Set the trust mode; refused in json-rpc mode."""
        mode = values.get("trust_mode", "")
        if mode not in TRUST_MODES:
            return error("Invalid trust mode")
        if self.state.settings.json_rpc:
            return error("Couldn't set trust mode")
        self.state.settings.trust_mode = mode
        return Answer(204)

    def devices(self, request: Request) -> Answer:
        """The account's one device."""
        if gone := self.gone(request):
            return cli_error(gone, self.state.settings)
        seen = self.state.stamp()
        device = {"id": 1, "name": "", "last_seen_timestamp": seen, "creation_timestamp": 0}
        return as_json(200, [device])

    def no_attachment(self, _request: Request) -> Answer:
        """Attachments are never kept here."""
        return error("No attachment with that name found", 404)
