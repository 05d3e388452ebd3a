"""The simulator as one thing: state, people, postman, gateway, control, pages and a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .answers import Answer
from .control import Control
from .gateway import Gateway
from .journal import Journal
from .pages import Pages
from .people import People
from .postman import Postman
from .routing import Request
from .server import Server
from .settings import SimulatorSettings
from .state import State

ACCOUNT = "+12135550100"


class Simulator:
    """A simulated signal-cli-rest-api on 127.0.0.1.

    Use it as a context manager, or call `start` and `stop`. `state` holds phones and messages,
    `people` lets the phones' owners act, `settings` switches the gateway's behaviour.
    """

    def __init__(
        self,
        *,
        profile: str = "head",
        mode: str = "json-rpc",
        account: str | list[str] = ACCOUNT,
        port: int = 0,
        webhook_url: str = "",
        app_url: str = "",
        state_file: str | Path | None = None,
        seed: int = 1,
        clock: Callable[[], float] = time.time,
        **settings: Any,
    ) -> None:
        """Further keywords are fields of SimulatorSettings; raises ValueError for unknown ones."""
        self.settings = SimulatorSettings()
        self.settings.change(
            {"profile": profile, "mode": mode, "webhook_url": webhook_url, **settings}
        )
        accounts = [account] if isinstance(account, str) else account
        self.state = State(accounts, self.settings, seed=seed, clock=clock)
        self.people = People(self.state)
        self.port = port
        self.app_url = app_url
        self._state_file = state_file
        self._journal: Journal | None = None
        self._server: Server | None = None
        self._timers: list[threading.Timer] = []

    @property
    def url(self) -> str:
        """The address to give to clients, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Begin to listen. Raises OSError when the port is taken."""
        if self._state_file:
            self._journal = Journal(Path(self._state_file))
            self._journal.attach(self.state)
        self.postman = Postman(self.state)
        self.gateway = Gateway(self.state, self.people, self.postman)
        self.control = Control(self)
        self.pages = Pages(self.state, self.people, self.app_url)
        self.accept()
        return self

    def stop(self) -> None:
        """Stop listening, cut every connection, and write what is to be kept."""
        for timer in self._timers:
            timer.cancel()
        self.gateway.stopping.set()
        with self.state.arrived:
            self.state.arrived.notify_all()
        self.refuse()
        self.postman.close()
        if self._journal:
            self._journal.close()

    def accept(self) -> None:
        """Listen again after `refuse`, on the same port."""
        if self._server is None:
            self._server = Server(self.port, self._view)
            self.port = self._server.server_port

    def refuse(self, seconds: float | None = None) -> None:
        """Refuse connections and cut those that are open; for ever, or for some seconds."""
        server, self._server = self._server, None
        if server is not None:
            server.close_everything()
        if seconds is not None:
            self._after(seconds, self.accept)

    def refuse_soon(self, seconds: float) -> None:
        """Refuse for some seconds, beginning when the answer under way has been written."""
        self._after(0.05, lambda: self.refuse(seconds))

    def crash_daemon(self, grace: float = 30.0, refuse_for: float = 5.0) -> None:
        """Take the daemon away as a real gateway meets it.

        500 with no body for `grace` seconds, then refused connections for `refuse_for`
        seconds, then all is well, as after a restart of the container.
        """

        def exit_and_restart() -> None:
            self.refuse()
            self.settings.daemon_down = False
            self._after(refuse_for, self.accept)

        self.settings.daemon_down = True
        self._after(grace, exit_and_restart)

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until no envelope is on its way; False when the seconds run out first."""
        return self.postman.drain(timeout)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, act)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _view(self, request: Request) -> Answer:
        path = request.path
        if path.startswith(("/v1/", "/v2/")):
            return self.gateway.handle(request)
        if path.startswith("/simulator/api"):
            return self.control.handle(request)
        return self.pages.handle(request)
