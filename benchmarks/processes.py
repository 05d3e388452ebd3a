"""Starting processes of our own, waiting until they answer, and ending them by their ids."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from benchmarks.figures import LeftOut

ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 10.0
READY_SECONDS = 60.0


def module(*words: str) -> tuple[str, ...]:
    """Return the command that runs a module with this Python."""
    return (sys.executable, "-m", *words)


@contextlib.contextmanager
def running(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    log: IO[bytes] | None = None,
    *,
    read: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process for the block; its errors go to `log`, its output is a pipe to be read."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if read else subprocess.DEVNULL,
        stderr=log or subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    """Ask a process to end, and end it if it does not; whatever it started goes with it."""
    family = [(pid, _born(pid)) for pid in descendants(process.pid) if pid != process.pid]
    if process.poll() is None:
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    if process.poll() is None:
        process.kill()
        process.wait()
    for pid, born in family:
        # The number may belong to somebody else by now.
        if born and _born(pid) == born:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()


def _born(pid: int) -> str:
    """Return when a process was started, in the system's own ticks; empty once it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def descendants(pid: int) -> list[int]:
    """Return a process and all that it started, as far as the system tells."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
            found += map(int, told.split())
    return found


def memory(pid: int) -> float:
    """Return the MiB that a process and its children hold, shared pages divided (PSS)."""
    total = 0
    for one in descendants(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            raise LeftOut("This system does not tell a process's share of memory.") from None
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def free_port() -> int:
    """Return a port of this machine that the system picks.

    Not the next one free from a fixed number on: the web server shares a taken port without a
    word, so that two benches that start at once would answer for one another.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_answer(url_path: str, port: int, process: subprocess.Popen[bytes]) -> float:
    """Return the moment of the first 200 on this machine; raise RuntimeError without one."""
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", url_path)
            response = connection.getresponse()
            response.read()
            if response.status == http.client.OK:
                return time.monotonic()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.002)
    raise RuntimeError(f"Nothing answered {url_path} on port {port}.")
