"""One command for a small installation: web, relay and simulator start and stop as one."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from commons import ports
from commons.errors import ConfigurationError, Conflict, DomainError, Unavailable
from commons.processes import Part, Processes, say


@dataclass(frozen=True)
class ServeOptions:
    """What the person who starts it chose; `data` is the folder that holds everything."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    demonstration: bool = False
    simulator_port: int = 0  # 0 lets serve() choose a free one

    @property
    def url(self) -> str:
        """Return the address at which this machine reaches the page."""
        return ports.address(self.host, self.port)

    @property
    def simulator_url(self) -> str:
        """Return the address of the demonstration's phones."""
        return ports.address("127.0.0.1", self.simulator_port)


@dataclass(frozen=True)
class Prepared:
    """What the preparation hands back: settings for every part, and lines to print."""

    env: Mapping[str, str]
    lines: Sequence[str] = ()


Prepare = Callable[[ServeOptions], Prepared]
Compose = Callable[[ServeOptions, Mapping[str, str]], Sequence[Part]]


def parts(options: ServeOptions, env: Mapping[str, str]) -> list[Part]:
    """Return the web, the relay and, in a demonstration, the simulator."""
    python = (sys.executable, "-m")
    web = (
        *python, "granian", "--interface", "wsgi", "--factory", "app:create_app",
        "--host", options.host, "--port", str(options.port), "--workers", "1",
        "--blocking-threads", "8", "--no-ws", "--log-level", "error",
    )  # fmt: skip
    relay = (*python, "app", "relay", "run")
    found = [Part("The web server", web, f"{options.url}/healthz"), Part("The relay", relay)]
    if options.demonstration:
        found.append(Part("The simulator", _simulator(options, env), f"{options.simulator_url}/"))
    return found


def _simulator(options: ServeOptions, env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command that starts the stand-in for the Signal gateway."""
    webhook = f"{options.url}/gateway/{env['FAROLITO_WEBHOOK_SECRET']}"
    return (
        sys.executable, "-m", "commons.messaging.simulator",
        "--port", str(options.simulator_port), "--account", env["FAROLITO_GATEWAY_ACCOUNT"],
        "--profile", "head", "--mode", "json-rpc", "--webhook-url", webhook,
        "--state", str(options.data / "simulator.db"),
        "--phones", str(options.data / "phones.json"), "--app-url", options.url,
    )  # fmt: skip


def serve(options: ServeOptions, prepare: Prepare, compose: Compose = parts) -> int:
    """Run until asked to stop; return the exit status: 0 when it stopped as asked.

    What stands in the way (a second start on the same data, a taken port, a folder that
    cannot be written) is said in one sentence on standard error.
    """
    options = replace(options, data=options.data.absolute())
    try:
        with lock(options) as held:
            options = _with_ports(options)
            _write_holder(held, options)
            prepared = prepare(options)
            env = {**os.environ, **prepared.env}
            chosen = compose(options, env)
            Processes(env, held).run(chosen, lambda: announce(options, prepared, env))
    except (DomainError, ConfigurationError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        pass  # during the preparation; later it is a wish like any other
    say("Farolito has stopped.", to=sys.stdout)
    return 0


def lock(options: ServeOptions) -> IO[str]:
    """Return the open lock of the data folder; raise Conflict when another start holds it."""
    data = options.data
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = (data / "running.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise Unavailable(
            f"Farolito cannot write to {data} ({error.strerror}): give this account the right "
            "to write there, or name another folder in FAROLITO_DATA."
        ) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.seek(0)
        holder = held.read().strip() or "just started"
        held.close()
        raise Conflict(
            f"Farolito is already running with this data ({holder}): use that one, or stop it "
            "with Ctrl-C where it was started."
        ) from error
    return held


def _write_holder(held: IO[str], options: ServeOptions) -> None:
    """Note in the lock who holds it, for the sentence that a second start reads."""
    held.truncate(0)
    held.write(f"{options.url}, process {os.getpid()}\n")
    held.flush()


def _with_ports(options: ServeOptions) -> ServeOptions:
    """Return the options with a simulator port; raise when the page's port is taken."""
    command = "make run PORT={}" if options.demonstration else "farolito serve --port {}"
    ports.require_free(options.host, options.port, command)
    if options.demonstration and not options.simulator_port:
        free = ports.next_free("127.0.0.1", options.port + 1000)
        options = replace(options, simulator_port=free)
    return options


def announce(options: ServeOptions, prepared: Prepared, env: Mapping[str, str]) -> None:
    """Print where the page is, what the preparation said, and how to stop."""
    lines = [f"Farolito is ready at {options.url}"]
    if options.demonstration:
        lines.append(f"The phones of the demonstration are at {options.simulator_url}")
    lines += prepared.lines
    public = env.get("FAROLITO_PUBLIC_URL", options.url)
    if not ports.is_loopback(options.host) and not public.startswith("https:"):
        lines.append(
            "Phones on the network can read pages but not sign in over plain http: put a "
            "reverse proxy with TLS before Farolito and set FAROLITO_PUBLIC_URL to its address."
        )
    say(*lines, "Press Ctrl-C to stop.", to=sys.stdout)
