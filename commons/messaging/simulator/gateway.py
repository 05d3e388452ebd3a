"""The gateway's routes for life signs, sending and receiving (its contract, sections 2 to 4)."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict

from .address_book import AddressBook
from .answers import (
    TEXT,
    Answer,
    as_json,
    binding_error,
    cli_error,
    error,
    old_send_answer,
    send_answer,
)
from .endpoints import Endpoints
from .groups import Groups
from .orders import BadOrderError, SendOrder, read_order
from .people import People
from .postman import Postman
from .registration import Registration
from .routing import Request, Routes
from .sending import Outcome, Sender
from .state import State

NOT_FOUND = Answer(404, b"404 page not found", "text/plain")
KILLED = "process killed as timeout reached"
WITHOUT_DAEMON = ("/v1/about", "/v1/health", "/v1/configuration", "/v1/attachments")
NO_WEBSOCKET = (
    b"Bad Request\n"
    b'{"error":"websocket: the client is not using the websocket protocol:'
    b" 'upgrade' token not found in 'Connection' header\"}"
)
SWITCHES = (
    "ignore_attachments",
    "ignore_stories",
    "ignore_avatars",
    "ignore_stickers",
    "send_read_receipts",
)


class Gateway:
    """Answers the requests that a client of signal-cli-rest-api makes."""

    def __init__(self, state: State, people: People, postman: Postman) -> None:
        """Serve this state."""
        self.state = state
        self.people = people
        self.postman = postman
        self.stopping = threading.Event()
        self.sender = Sender(state, people, self._pause)
        self.routes = Routes()
        self._processes: dict[str, threading.Lock] = defaultdict(threading.Lock)
        for method, path, view in (
            ("POST", "/v2/send", self.send),
            ("POST", "/v1/send", self.send),
            ("GET", "/v1/receive/{number}", self.receive),
            ("GET", "/v1/about", self.about),
            ("GET", "/v1/health", lambda _request: Answer(204)),
            ("GET", "/v1/accounts", self.accounts),
        ):
            self.routes.add(method, path, view)
        for family in (Endpoints, AddressBook, Groups, Registration):
            family(state, people).register(self.routes)

    def handle(self, request: Request) -> Answer:
        """The answer to a request, or a silence."""
        view = self.routes.find(request)
        if view is None:
            return self._redirect(request) or NOT_FOUND
        settings = self.state.settings
        if settings.daemon_down and not request.path.startswith(WITHOUT_DAEMON):
            if settings.json_rpc:
                return Answer(500)
            return error('exec: "signal-cli": executable file not found in $PATH')
        return view(request)

    def about(self, _request: Request) -> Answer:
        """Which gateway this is."""
        settings = self.state.settings
        return as_json(
            200,
            {
                "versions": ["v1", "v2"],
                "build": 2,
                "mode": "json-rpc" if settings.json_rpc else settings.mode,
                "version": settings.profile,
                "capabilities": {"v2/send": ["quotes", "mentions"]},
            },
        )

    def accounts(self, _request: Request) -> Answer:
        """The accounts that are loaded."""
        return as_json(200, [] if self.state.settings.account_gone else self.state.accounts)

    def send(self, request: Request) -> Answer:
        """Send a text to many; the client's going away does not stop it."""
        settings = self.state.settings
        answer = send_answer if request.path == "/v2/send" else old_send_answer
        try:
            order = read_order(request.body)
        except BadOrderError as refusal:
            if refusal.binding:
                return binding_error(refusal.text)
            return error(refusal.text)
        if settings.json_rpc:
            outcome = self.sender.carry_out(order)
            self.postman.answer_in_turn()
            return answer(settings, order.number, outcome)
        in_time = self._in_a_process(order)
        return error(KILLED) if in_time is None else answer(settings, order.number, in_time)

    def _pause(self, seconds: float) -> None:
        self.stopping.wait(seconds)

    def _in_a_process(self, order: SendOrder) -> Outcome | None:
        """Send as normal and native mode do: one process at a time, killed when it takes too long.

        None after the time limit. What had begun is delivered all the same.
        """
        limit = self.state.settings.command_timeout_s
        until = time.monotonic() + limit
        box: list[Outcome] = []

        def run() -> None:
            process = self._processes[order.number]
            if process.acquire(timeout=limit):
                try:
                    box.append(self.sender.carry_out(order))
                finally:
                    process.release()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(limit)
        if box and box[0].silence == "hang":
            self.stopping.wait(max(0.0, until - time.monotonic()))
            return None
        return box[0] if box else None

    def receive(self, request: Request) -> Answer:
        """What waits for an account; in json-rpc mode only the refusal of plain HTTP."""
        settings = self.state.settings
        if settings.json_rpc:
            return Answer(400, NO_WEBSOCKET, TEXT)
        prefix = "Couldn't process request - "
        try:
            timeout = int(request.one("timeout", "1"))
        except ValueError:
            return error(prefix + "timeout needs to be numeric!")
        try:
            most = int(request.one("max_messages", "0"))
        except ValueError:
            return error(prefix + "max_messages needs to be numeric!")
        for name in SWITCHES:
            if request.one(name, "false") not in {"true", "false"}:
                return error(f"{prefix}{name} parameter needs to be either 'true' or 'false'")
        account = request.names["number"]
        if settings.account_gone or account not in self.state.accounts:
            return cli_error(f"User {account} is not registered.", settings)
        limit = settings.command_timeout_s
        process = self._processes[account]
        if not process.acquire(timeout=limit):
            return error(KILLED)
        try:
            found = self._collect(account, timeout, most, limit)
        finally:
            process.release()
        if found is None:
            return error(KILLED)
        if request.one("send_read_receipts") == "true":
            self._mark_read(found)
        return Answer(200, json.dumps(found, ensure_ascii=False).encode(), TEXT)

    def _collect(
        self, account: str, timeout: int, most: int, limit: float
    ) -> list[dict[str, object]] | None:
        """Envelopes until none came for `timeout` seconds; None over the limit: they are lost."""
        state = self.state
        until = time.monotonic() + limit
        found: list[dict[str, object]] = []
        with state.arrived:
            while not self.stopping.is_set():
                found += state.take(account, most - len(found) if most else 0)
                if most and len(found) >= most:
                    return found
                quiet = limit if timeout < 0 else float(timeout)
                left = until - time.monotonic()
                came = state.arrived.wait_for(
                    lambda: state.waiting[account] or self.stopping.is_set(), min(quiet, left)
                )
                if not came:
                    return None if time.monotonic() >= until and quiet >= left else found
        return found

    def _mark_read(self, found: list[dict[str, object]]) -> None:
        for notification in found:
            inner = notification["envelope"]
            if isinstance(inner, dict) and "dataMessage" in inner:
                for message in self.state.with_timestamp(inner["timestamp"]):
                    if not message.to_phone:
                        message.read = True
                        self.state.altered(message)

    def _redirect(self, request: Request) -> Answer | None:
        """The way from a trailing slash to the path without it."""
        path = request.path
        if not path.endswith("/") or not self.routes.knows(request.method, path.rstrip("/")):
            return None
        status = 301 if request.method == "GET" else 307
        return Answer(status, headers=(("Location", path.rstrip("/")),))
