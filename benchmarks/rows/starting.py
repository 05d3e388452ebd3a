"""B11: how long the web takes from its start to its first page, and what it and the relay hold."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import clients
from benchmarks.browser import Browser
from benchmarks.figures import Figure, LeftOut, Line, at_most, left_out, ratios
from benchmarks.gateway import StubGateway, stub_gateway
from benchmarks.installation import Installation, granian, installed, school, wait_for_none
from benchmarks.processes import ROOT, first_answer, free_port, memory, running
from benchmarks.rows.handing_over import recipients
from benchmarks.scale import Scale
from commons.database import connection
from commons.messaging import outbox
from commons.sites.models import Site

PAGE = "/sign-in"
TIMES_HELLO, MOST_BOTH, MOST_RELAY = 2.5, 130.0, 50.0
SETTLE_SECONDS = 1.0
WEB_ONLY = ("flask", "werkzeug", "jinja2", "wtforms", "flask_login")
# Runs the relay's own command, and tells which libraries of the web it has loaded.
_LOADED = """
import sys, app
try:
    app.main(["relay", "once"])
except SystemExit:
    pass
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""


def measure(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B11."""
    with (
        tempfile.TemporaryDirectory(prefix="farolito-bench-") as folder,
        stub_gateway() as gateway,
        installed(Path(folder) / "start", gateway) as made,
    ):
        with connection():
            site = school("Lincoln Elementary", scale.held_after)
        # Whoever measures may have forbidden it; an installation keeps what it compiled.
        made.env["PYTHONDONTWRITEBYTECODE"] = ""
        say("B11, starts")
        lines = [_starts(scale, made.env)]
        say("B11, memory")
        try:
            lines += _memory(made, site, gateway, scale.held_after)
        except LeftOut as reason:
            lines.append(left_out("B11", "memory of web and relay", str(reason)))
        return [*lines, _imports(made)]


def _starts(scale: Scale, env: Mapping[str, str]) -> Line:
    ours, limit = [], []
    for number in range(scale.starts + 1):
        hello = _start("benchmarks.servers.hello:create_app", env)
        took = _start("app:create_app", env)
        if number:  # the first one compiles what is new, and reads it from the disk
            limit.append(hello)
            ours.append(took)
    times = ratios(ours, limit)
    return Line(
        row="B11",
        what="from exec to the first page (sign-in)",
        unit="s",
        ours=Figure.of(ours),
        limit=Figure.of(limit),
        ratio_limit=times,
        goals=(at_most(f"≤ {TIMES_HELLO} × hello", times.median, TIMES_HELLO),),
        rounds=scale.starts,
        note="Limit: a Flask application that only says hello, under the same server.",
    )


def _start(factory: str, env: Mapping[str, str]) -> float:
    port = free_port()
    began = time.monotonic()
    with running(granian(factory, port), env) as process:
        return first_answer(PAGE, port, process) - began


def _memory(made: Installation, site: Site, gateway: StubGateway, messages: int) -> Iterator[Line]:
    """Measure both after a few pages, once they have nothing to do; then after messages."""
    port = free_port()
    with running(granian("app:create_app", port), made.env) as web, made.relay() as relay:
        first_answer(PAGE, port, web)
        browser = Browser(port)
        for _ in range(20):
            browser.visit(PAGE)
        time.sleep(SETTLE_SECONDS)
        both, alone = memory(web.pid) + memory(relay.pid), memory(relay.pid)
        gateway.reset(0.0)
        with connection():
            outbox.enqueue("bench:memory", site.id, {("", "en"): clients.TEXT}, recipients())
            gateway.wait(messages)
            wait_for_none("queued", "sending")
        time.sleep(SETTLE_SECONDS)
        after = memory(relay.pid)
    note = "Healthchecks' web and sender held 144 MB when they were measured."
    yield _held("memory of web and relay, idle (PSS)", both, MOST_BOTH, note)
    yield _held("of which the relay", alone, MOST_RELAY)
    yield _held(f"the relay after {messages:,} messages", after, MOST_RELAY)


def _held(what: str, found: float, most: float, note: str = "") -> Line:
    return Line(
        row="B11",
        what=what,
        unit="MiB",
        ours=Figure.of([found]),
        goals=(at_most(f"≤ {most:.0f} MiB", found, most),),
        rounds=1,
        note=note,
    )


def _imports(made: Installation) -> Line:
    command = (sys.executable, "-c", _LOADED, *WEB_ONLY)
    ran = subprocess.run(
        command, cwd=ROOT, env=made.env, capture_output=True, text=True, check=True, timeout=60
    )
    found = ran.stdout.split()
    return Line(
        row="B11",
        what="libraries of the web that the relay loads",
        unit="libraries",
        ours=Figure.of([len(found)]),
        goals=(at_most("none, Flask least of all", len(found), 0),),
        rounds=1,
        note=f"Found: {', '.join(found)}." if found else "",
    )
