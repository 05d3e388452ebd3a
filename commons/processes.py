"""Keeps a few processes running as one: started, started again, and stopped together.

Each part runs in a process group of its own. A part that ends by itself is started again,
until it has done so too often. `commons.lifeline` ends the groups should this process be
killed.
"""

from __future__ import annotations

import collections
import contextlib
import http
import http.client
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO
from urllib.parse import urlsplit

from commons import lifeline
from commons.clock import monotonic
from commons.errors import Unavailable

STOP_SECONDS = 5.0
READY_SECONDS = 60.0
RESTARTS = 5
WINDOW_SECONDS = 60.0
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Part:
    """One process to keep running; one with a `url` must answer before the rest start."""

    name: str
    command: tuple[str, ...]
    url: str = ""


def say(*sentences: str, to: TextIO | None = None) -> None:
    """Write sentences for the person at the terminal, at once; to standard error by default."""
    stream = to or sys.stderr
    stream.writelines(f"{sentence}\n" for sentence in sentences)
    stream.flush()


class Processes:
    """Starts the parts, starts again those that end by themselves, and stops them all."""

    def __init__(self, env: Mapping[str, str], held: IO[str]) -> None:
        """Take the environment of every part, and the lock to keep until the last has ended."""
        self.env = {**env, "PYTHONUNBUFFERED": "1"}
        self.running: dict[Part, subprocess.Popen[bytes]] = {}
        self.due: dict[Part, float] = {}
        self.ends: dict[Part, collections.deque[float]] = {}
        self.asked = 0  # how often a person or the system has asked to stop
        self.news = _wake_on_signals()
        # It holds the lock as well, so that nobody starts while it still clears away.
        self.guard = subprocess.Popen(  # noqa: S603
            (sys.executable, "-I", "-S", lifeline.__file__),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            start_new_session=True, pass_fds=(held.fileno(),),
        )  # fmt: skip

    def run(self, parts: Sequence[Part], ready: Callable[[], None]) -> None:
        """Keep the parts running until asked to stop; call `ready` once they answer."""
        try:
            answering = [part for part in parts if part.url]
            for part in answering:
                self.start(part)
            if self.wait_for(answering):
                for part in parts:
                    if not part.url:
                        self.start(part)
                ready()
            while not self.asked:
                self.turn(None)
        finally:
            self.stop()

    def start(self, part: Part) -> None:
        """Start a part in a process group of its own, known to the guard before it runs."""
        assert self.guard.stdin is not None
        pipe = self.guard.stdin.fileno()
        self.due.pop(part, None)
        # preexec_fn: the child names itself to the guard while it still holds the pipe, so
        # that a kill -9 of this process at any instant leaves nothing unknown.
        self.running[part] = subprocess.Popen(  # noqa: S603
            part.command, env=self.env, cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0,
            preexec_fn=lambda: _tell(pipe, os.getpid()),
        )  # fmt: skip

    def wait_for(self, parts: Sequence[Part]) -> bool:
        """Return True once every part answers, False when asked to stop before that."""
        deadline = monotonic() + READY_SECONDS
        waiting = list(parts)
        while waiting and not self.asked:
            if monotonic() > deadline:
                raise Unavailable(
                    f"{waiting[0].name} did not answer within {READY_SECONDS:.0f} seconds, so "
                    "Farolito stopped. What it printed above says why."
                )
            waiting = [part for part in waiting if not _answers(part.url)]
            self.turn(0.05 if waiting else 0)
        return not self.asked

    def turn(self, seconds: float | None) -> None:
        """Wait for a signal, at most `seconds`, then see to what has ended and what is due."""
        moments = [at - monotonic() for at in self.due.values()]
        if seconds is not None:
            moments.append(seconds)
        self.listen(max(0.0, min(moments)) if moments else None)
        for part in self.collect():
            self.schedule(part)
        if self.guard.poll() is not None:
            raise Unavailable("The process that clears up after Farolito was ended, so it stopped.")
        for part in [part for part, at in self.due.items() if at <= monotonic()]:
            if not self.asked:
                self.start(part)

    def listen(self, seconds: float | None) -> None:
        """Wait for a signal at most `seconds`, and count those that ask to stop."""
        if select.select([self.news], [], [], seconds)[0]:
            numbers = os.read(self.news, 512)
            self.asked += sum(number != signal.SIGCHLD for number in numbers)

    def collect(self) -> list[Part]:
        """Return the parts that have ended, with what was left of their groups cleared away."""
        ended = [part for part, process in self.running.items() if process.poll() is not None]
        for part in ended:
            self.clear(self.running[part].pid)
        return ended

    def clear(self, group: int) -> None:
        """End what is left of a group, and let the guard forget it."""
        assert self.guard.stdin is not None
        lifeline.signal_group(group, signal.SIGKILL)
        with contextlib.suppress(OSError):
            _tell(self.guard.stdin.fileno(), -group)

    def schedule(self, part: Part) -> None:
        """Note when to start a part again; raise Unavailable when it ended too often."""
        status = self.running.pop(part).returncode
        ends = self.ends.setdefault(part, collections.deque(maxlen=RESTARTS))
        ends.append(monotonic())
        if len(ends) == RESTARTS and ends[-1] - ends[0] < WINDOW_SECONDS:
            raise Unavailable(
                f"{part.name} ended {RESTARTS} times within a minute, so Farolito stopped. "
                "What it printed above says why."
            )
        if not self.asked:
            self.due[part] = monotonic() + 0.1 * 2 ** len(ends)
            say(f"{part.name} ended by itself (status {status}) and is being started again.")

    def stop(self) -> None:
        """Ask every part to end, and end within STOP_SECONDS those that have not."""
        asked, deadline = self.asked, monotonic() + STOP_SECONDS
        for process in self.running.values():
            process.terminate()
        while self.running and monotonic() < deadline and self.asked <= asked:
            for part in self.collect():
                del self.running[part]
            if self.running:
                self.listen(max(0.0, deadline - monotonic()))
        for process in self.running.values():
            self.clear(process.pid)
            process.wait()
        assert self.guard.stdin is not None
        self.guard.stdin.close()
        self.guard.wait()


def _tell(pipe: int, number: int) -> None:
    """Write one number to the guard; short enough to be written whole."""
    os.write(pipe, b"%d\n" % number)


def _wake_on_signals() -> int:
    """Return a file that becomes readable, with the signal's number, on each signal."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asked to outlive it
        numbers.append(signal.SIGHUP)
    for number in numbers:
        signal.signal(number, lambda *_: None)
    return reading


def _answers(url: str) -> bool:
    """Say whether an address on this machine answers with a page."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=2)
    try:
        connection.request("GET", where.path)
        return connection.getresponse().status < http.HTTPStatus.BAD_REQUEST
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
