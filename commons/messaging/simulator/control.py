"""The control API under `/simulator/api/`: JSON for tests, the demonstration and crash tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .answers import Answer, as_json
from .looks import card, filtered
from .phones import Message
from .routing import Request, Routes
from .state import UnknownPhoneError, plan_from

if TYPE_CHECKING:
    from .simulator import Simulator

BASE = "/simulator/api"


class Control:
    """Lets a program act as the phones' owners and as the weather around the gateway."""

    def __init__(self, simulator: Simulator) -> None:
        """Control this simulator."""
        self.simulator = simulator
        self.state = simulator.state
        self.people = simulator.people
        self.routes = Routes()
        for method, path, view in (
            ("GET", "/phones", self.phones),
            ("PUT", "/phones", self.put_phones),
            ("GET", "/messages", self.messages),
            ("POST", "/messages", self.say),
            ("POST", "/reactions", self.react),
            ("POST", "/read", self.read),
            ("POST", "/typing", self.typing),
            ("POST", "/failure", self.fail),
            ("POST", "/key-change", self.change_key),
            ("POST", "/crowd", self.crowd),
            ("GET", "/settings", self.settings),
            ("POST", "/settings", self.settings),
            ("POST", "/refuse", self.refuse),
            ("POST", "/crash", self.crash),
            ("POST", "/drain", self.drain),
            ("GET", "/counts", lambda _request: as_json(200, self.state.counts())),
            ("DELETE", "", self.clear),
        ):
            self.routes.add(method, BASE + path, view)

    def handle(self, request: Request) -> Answer:
        """The answer; 422 with a sentence for a value that does not fit, 404 for no such phone."""
        view = self.routes.find(request)
        if view is None:
            return as_json(404, {"error": "The simulator has no such path."})
        if request.method != "GET" and request.from_elsewhere():
            return as_json(403, {"error": "Another site may not control the phones."})
        try:
            return view(request)
        except UnknownPhoneError as missing:
            return as_json(404, {"error": f"No phone has the number {missing}."})
        except (ValueError, TypeError, KeyError) as wrong:
            return as_json(422, {"error": f"{type(wrong).__name__}: {wrong}"})

    def phones(self, request: Request) -> Answer:
        """Every phone with its state; ?site=, ?language=, ?state= and ?search= narrow it."""
        found = filtered(self.state, {name: values[0] for name, values in request.query.items()})
        return as_json(200, [_phone(self.state, phone) for phone in found])

    def put_phones(self, request: Request) -> Answer:
        """Enter or change phones: a list of {number, uuid, name, language, site, hidden, …}."""
        values = json.loads(request.body)
        if not isinstance(values, list):
            raise TypeError("Phones come as a list.")
        return as_json(200, [{"uuid": self.state.put_phone(one).uuid} for one in values])

    def messages(self, request: Request) -> Answer:
        """Messages with an id above ?since=, of one phone with ?number=; oldest first."""
        since = int(request.one("since", "0"))
        number = request.one("number")
        if number:
            found = self.state.thread(self.state.phone(number))
        else:
            with self.state.lock:
                found = self.state.messages[:]
        return as_json(200, [_message(message) for message in found if message.id > since])

    def say(self, request: Request) -> Answer:
        """Write to the account: {number, text, quote_timestamp or quote: true, account}."""
        values = _object(request)
        quoted = values.get("quote_timestamp")
        if values.get("quote"):
            thread = self.state.thread(self.state.phone(values["number"]))
            quoted = next((m.timestamp for m in reversed(thread) if m.to_phone and m.arrived), None)
        message = self.people.say(
            values["number"],
            str(values["text"]),
            quote_timestamp=quoted,
            account=values.get("account"),
        )
        return as_json(201, _message(message))

    def react(self, request: Request) -> Answer:
        """React: {number, emoji, timestamp or the newest, remove}."""
        values = _object(request)
        message = self.people.react(
            values["number"],
            values.get("emoji", "👍"),
            timestamp=values.get("timestamp"),
            remove=bool(values.get("remove")),
        )
        return as_json(201, _message(message) if message else None)

    def read(self, request: Request) -> Answer:
        """Read: {number, timestamps or everything}."""
        values = _object(request)
        found = self.people.read(values["number"], values.get("timestamps"))
        return as_json(201, [_message(message) for message in found])

    def typing(self, request: Request) -> Answer:
        """Type: {number, stop}."""
        values = _object(request)
        self.people.type(values["number"], stop=bool(values.get("stop")))
        return Answer(204)

    def fail(self, request: Request) -> Answer:
        """Set a failure: {number or numbers, mode, times, token, seconds, text}."""
        values = _object(request)
        numbers = values.pop("numbers", None) or [values.pop("number")]
        for number in numbers:
            self.state.plan(number, plan_from(dict(values)))
        return Answer(204)

    def change_key(self, request: Request) -> Answer:
        """Reinstall Signal on a phone: {number, text}; with a text, it is sent at once."""
        values = _object(request)
        phone = self.people.change_key(values["number"], say=values.get("text"))
        return as_json(201, {"key": phone.key, "safety_number": phone.safety_number(phone.key)})

    def crowd(self, request: Request) -> Answer:
        """Let many act: {act: read, reply or react; count; text; site, language, state, search}."""
        values = _object(request)
        among = filtered(self.state, {k: str(v) for k, v in values.items()})
        act, count = str(values["act"]), int(values.get("count", 10))
        done = self.people.crowd(act, count, among, str(values.get("text", "1")))
        return as_json(200, {"done": done})

    def settings(self, request: Request) -> Answer:
        """The gateway's switches; POST changes the named ones."""
        if request.method == "POST":
            self.state.settings.change(_object(request))
        return as_json(200, self.state.settings.as_dict())

    def refuse(self, request: Request) -> Answer:
        """Refuse every connection for {seconds}, this API's as well; starts after the answer."""
        seconds = float(_object(request)["seconds"])
        self.simulator.refuse_soon(seconds)
        return Answer(204)

    def crash(self, request: Request) -> Answer:
        """Take the daemon away: {grace, refuse_for} in seconds."""
        values = _object(request)
        grace, refuse_for = float(values.get("grace", 30)), float(values.get("refuse_for", 5))
        self.simulator.crash_daemon(grace, refuse_for)
        return Answer(204)

    def drain(self, _request: Request) -> Answer:
        """Wait up to five seconds until no envelope is on its way."""
        return as_json(200, {"drained": self.simulator.drain()})

    def clear(self, _request: Request) -> Answer:
        """Forget every phone and message."""
        self.state.clear()
        return Answer(204)


def _object(request: Request) -> dict[str, Any]:
    values = json.loads(request.body or b"{}")
    if not isinstance(values, dict):
        raise TypeError("The body is an object.")
    return values


def _message(message: Message) -> dict[str, Any]:
    values = message.as_dict()
    values["uuid"] = values.pop("phone")
    values["number"] = values.pop("reference")
    return values


def _phone(state: Any, phone: Any) -> dict[str, Any]:
    shown = card(state, phone)
    return {
        "number": phone.number,
        "uuid": phone.uuid,
        "name": phone.name,
        "language": phone.language,
        "site": phone.site,
        "hidden": phone.hidden,
        "failure": phone.plan.mode.value,
        "trusted": phone.trusted,
        "safety_number": phone.safety_number(phone.key),
        "state": shown.state,
        "last": _message(shown.last) if shown.last else None,
    }
