"""Carries envelopes to the account: at once or later, by webhook or into the queue for polling.

In json-rpc mode one reader loop handles the daemon's output line by line, so a slow webhook
delays every answer behind it, and what nobody listens to is lost. The websocket of json-rpc mode
is not simulated.
"""

from __future__ import annotations

import heapq
import http.client
import itertools
import json
import queue
import select
import socket
import threading
import time
from urllib.parse import urlsplit

from .envelopes import Notification
from .state import State

Line = Notification | threading.Event | None


class Postman:
    """Two threads: one waits for envelopes that are due later, one is the reader loop."""

    def __init__(self, state: State) -> None:
        """Become the outlet of the state."""
        self.state = state
        self._later: list[tuple[float, int, Notification]] = []
        self._serial = itertools.count()
        self._due = threading.Condition()
        self._lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._outstanding = 0
        self._idle = threading.Condition()
        self._closing = False
        self._hook: http.client.HTTPConnection | None = None
        self._hook_url = ""
        state.outlet = self.post
        self._threads = [
            threading.Thread(target=loop, daemon=True, name=f"simulator-{loop.__name__}")
            for loop in (self._wait_loop, self._reader_loop)
        ]
        for thread in self._threads:
            thread.start()

    def post(self, notification: Notification, delay: float) -> None:
        """Carry an envelope after `delay` seconds."""
        with self._idle:
            self._outstanding += 1
        if delay <= 0:
            self._release(notification)
            return
        with self._due:
            entry = (time.monotonic() + delay, next(self._serial), notification)
            heapq.heappush(self._later, entry)
            if self._later[0] is entry:
                self._due.notify()

    def answer_in_turn(self) -> None:
        """Wait as an answer of the daemon waits behind the notifications before it."""
        settings = self.state.settings
        if settings.json_rpc and settings.webhook_url:
            passed = threading.Event()
            self._lines.put(passed)
            passed.wait()

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until nothing is on its way; False when the seconds run out first."""
        with self._idle:
            return self._idle.wait_for(lambda: self._outstanding == 0, timeout)

    def close(self) -> None:
        """Stop both threads; what is still on its way is lost, as with a real gateway."""
        self._closing = True
        with self._due:
            self._due.notify()
        self._lines.put(None)
        hook = self._hook
        if hook is not None and hook.sock is not None:
            hook.sock.close()

    def _wait_loop(self) -> None:
        while not self._closing:
            with self._due:
                if not self._later:
                    self._due.wait(1)
                    continue
                left = self._later[0][0] - time.monotonic()
                if left > 0:
                    self._due.wait(left)
                    continue
                _, _, notification = heapq.heappop(self._later)
            self._release(notification)

    def _release(self, notification: Notification) -> None:
        settings = self.state.settings
        if not settings.json_rpc:
            self.state.queue(notification)
            self._done()
        elif settings.webhook_url:
            self._lines.put(notification)
        else:
            self.state.calls["hook-nobody"] += 1
            self._done()

    def _done(self) -> None:
        with self._idle:
            self._outstanding -= 1
            if self._outstanding == 0:
                self._idle.notify_all()

    def _reader_loop(self) -> None:
        while (line := self._lines.get()) is not None:
            if isinstance(line, threading.Event):
                line.set()
                continue
            try:
                fate = "stored" if self._push(line) in {200, 201} else "refused"
            except (OSError, http.client.HTTPException, ValueError):
                fate = "failed"
                self._hang_up()
            self.state.calls[f"hook-{fate}"] += 1
            self._done()

    def _push(self, notification: Notification) -> int:
        """Post one notification, once and without a time limit; gives the hook's status."""
        url = urlsplit(self.state.settings.webhook_url)
        hook = self._connection(url.geturl(), url.hostname or "", url.port or 80)
        whole = {"jsonrpc": "2.0", "method": "receive", "params": notification}
        target = url.path + (f"?{url.query}" if url.query else "")
        body = (json.dumps(whole, ensure_ascii=False) + "\n").encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Go-http-client/1.1"}
        hook.request("POST", target or "/", body, headers)
        response = hook.getresponse()
        response.read()
        if response.will_close:
            self._hang_up()
        return response.status

    def _connection(self, url: str, host: str, port: int) -> http.client.HTTPConnection:
        """A connection to the hook: the kept one, unless the other side has closed it."""
        kept = self._hook
        if kept is not None and self._hook_url == url and kept.sock is not None:
            readable, _, _ = select.select([kept.sock], [], [], 0)
            if not readable:
                return kept
        self._hang_up()
        hook = http.client.HTTPConnection(host, port)
        hook.connect()
        hook.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._hook, self._hook_url = hook, url
        return hook

    def _hang_up(self) -> None:
        if self._hook is not None:
            self._hook.close()
            self._hook = None
