"""An installation of ours in a folder of its own, with invented people, and its processes."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

import app
from benchmarks.figures import LeftOut
from benchmarks.gateway import StubGateway
from benchmarks.processes import first_answer, free_port, module, running
from benchmarks.servers.stub_gateway import ACCOUNT
from benchmarks.telephones import number
from commons import crypto, database, installation, migration
from commons.messaging import doorbell
from commons.messaging.statements import run
from commons.permissions import CONSOLE
from commons.roster.importer import import_roster
from commons.settings import Settings
from commons.sites.models import District, DistrictKind, Site, SiteKind, SitePlace, SiteState

# Where PostgreSQL is found, as the tests find it.
POSTGRES = os.environ.get("FAROLITO_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
LANGUAGES = ("en", "es", "es", "ko", "zh_Hans", "en", "hy", "fa")
CORE = ("site_lead", "backup_lead", "school_administrator")
# In the words of the partial indexes, so that asking costs the one who is measured nothing.
_ANY = {
    "queued": "SELECT EXISTS (SELECT 1 FROM message WHERE state = 'queued')",
    "sending": "SELECT EXISTS (SELECT 1 FROM message "
    "WHERE state IN ('sending', 'unknown') AND state = 'sending')",
    "unknown": "SELECT EXISTS (SELECT 1 FROM message "
    "WHERE state IN ('sending', 'unknown') AND state = 'unknown')",
}
COLUMNS = ("name", "phone", "language", "group", "slot", "consent", "consent_source")


@dataclass
class Installation:
    """Settings, the database they name, and the environment of its processes."""

    env: dict[str, str]
    settings: Settings
    engine: Any

    def use(self) -> None:
        """Make this the installation that our own code in this process works on."""
        crypto.use(self.settings.keys)
        database.database.initialize(self.engine)
        doorbell.use(self.settings.doorbell)

    @contextlib.contextmanager
    def relay(self, *command_words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run the relay for the block, as an installation runs it, and wait until it listens."""
        with self.log("relay") as log:
            command = module(*(command_words or ("app", "relay", "run")))
            with running(command, self.env, log) as process:
                self.wait_for_relay(process)
                yield process

    def wait_for_relay(self, process: subprocess.Popen[bytes]) -> None:
        """Return once the relay answers at its doorbell; raise RuntimeError if it ends."""
        deadline = time.monotonic() + 30
        while not listens(self.settings.doorbell):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The relay did not start.\n{self.told('relay')}")
            time.sleep(0.005)

    @contextlib.contextmanager
    def web(self) -> Iterator[int]:
        """Run the web for the block, as `farolito serve` does, and return its port."""
        port = free_port()
        with self.log("web") as log, running(granian("app:create_app", port), self.env, log) as web:
            try:
                first_answer("/healthz", port, web)
            except RuntimeError as error:
                raise RuntimeError(f"{error}\n{self.told('web')}") from None
            yield port

    @contextlib.contextmanager
    def log(self, name: str) -> Iterator[Any]:
        """Open the file that a process complains into."""
        with (self.settings.data / f"{name}.log").open("ab") as file:
            yield file

    def told(self, name: str) -> str:
        """Return the last words of a process."""
        file = self.settings.data / f"{name}.log"
        return file.read_text(encoding="utf-8", errors="replace")[-2000:] if file.exists() else ""


def wait_for_none(*states: str, seconds: float = 60.0) -> None:
    """Return once no message of the installation in use is in these states.

    Needs a connection; raises TimeoutError when some still are.
    """
    deadline = time.monotonic() + seconds
    while any(run(_ANY[state]).fetchone()[0] for state in states):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Messages were still {' or '.join(states)} after {seconds:.0f} s.")
        time.sleep(0.002)


def listens(path: Path) -> bool:
    """Return whether a relay has its doorbell there; what is sent only wakes it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        try:
            bell.sendto(b"!", doorbell.address(path))
        except OSError:
            return False
    return True


def granian(factory: str, port: int) -> tuple[str, ...]:
    """Return the command of the web server, with the arguments that an installation uses."""
    return module(
        "granian", "--interface", "wsgi", "--factory", factory,
        "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--blocking-threads", "8", "--no-ws", "--log-level", "error",
    )  # fmt: skip


@contextlib.contextmanager
def installed(
    folder: Path, gateway: StubGateway | None, kind: str = "sqlcipher", **given: str
) -> Iterator[Installation]:
    """Make an installation for the block; `kind` is sqlcipher, sqlite or postgresql.

    Raises LeftOut where there is no such database on this machine.
    """
    folder.mkdir(parents=True)
    with _database(folder, kind) as url:
        env = {
            "FAROLITO_DATA": str(folder),
            "FAROLITO_DATABASE_URL": url,
            "FAROLITO_KEYS": crypto.KeyRing.generate().text(),
            "FAROLITO_PUBLIC_URL": "http://127.0.0.1:18000",
            "FAROLITO_GATEWAY_URL": gateway.url if gateway else "http://127.0.0.1:9",
            "FAROLITO_GATEWAY_ACCOUNT": ACCOUNT,
            "FAROLITO_RECEIVE": "webhook",
            "FAROLITO_WEBHOOK_SECRET": "bench-" + "x" * 22,
            "FAROLITO_DEMONSTRATION": "yes",
            "FAROLITO_LOG_LEVEL": "ERROR",
            **{f"FAROLITO_{name.upper()}": value for name, value in given.items()},
        }
        settings = Settings.from_environment(env)
        app.compose(settings)
        migration.migrate(settings.data)
        installation.check_key(settings)
        installation.check_demonstration(settings)
        made = Installation(env, settings, database.database.obj)
        try:
            yield made
        finally:
            made.engine.close_all()


@contextlib.contextmanager
def _database(folder: Path, kind: str) -> Iterator[str]:
    if kind != "postgresql":
        yield f"{kind}:///{folder / 'farolito.db'}"
        return
    name = f"farolito_bench_{os.getpid()}_{folder.name}"
    try:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
    except psycopg.OperationalError:
        raise LeftOut("PostgreSQL does not answer.") from None
    try:
        yield urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def school(name: str, people: int, first: int = 0) -> Site:
    """Open a school whose roster has so many people, all of whom can be reached.

    The numbers count on from `first`, so that two schools share none. A fifth are staff.
    """
    district, _ = District.get_or_create(
        code="BENCH", defaults={"name": "Bench Unified", "kind": DistrictKind.DISTRICT}
    )
    site = Site.create(
        name=name,
        district=district,
        kind=SiteKind.ELEMENTARY,
        state=SiteState.OPEN,
        languages="en es ko zh_Hans hy fa",
    )
    SitePlace.create(site=site, key="main_entrance")
    if people:
        report = import_roster(CONSOLE, site, roster(people, first))
        assert report.new == people, report.summary("people")
    return site


def roster(people: int, first: int = 0) -> bytes:
    """Return a roster as a school saves it; every number is one that no telephone has."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for n in range(people):
        staff = n < max(len(CORE), people // 5)
        writer.writerow(
            (
                f"Example Person {n}",
                number(first + n),
                LANGUAGES[n % len(LANGUAGES)],
                "staff" if staff else "family",
                CORE[n] if n < len(CORE) else "",
                "yes",
                "staff duty" if staff else "paper form",
            )
        )
    return text.getvalue().encode()
