"""B7 and B8: what a public page costs, and a crowd that opens it at once."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from benchmarks import phones, public_alert
from benchmarks.browser import Browser
from benchmarks.figures import Figure, Line, at_least, at_most, percentile, ratios
from benchmarks.gateway import StubGateway, stub_gateway
from benchmarks.installation import Installation, granian, installed, school
from benchmarks.processes import descendants, first_answer, free_port, module, running
from benchmarks.rows.handing_over import Sender, recipients
from benchmarks.scale import Scale
from commons.database import connection
from rapidresponse.alerts import drawing

TIMES_HELLO, TIMES_STATIC, MOST_SECONDS, KEPT = 2.0, 2.5, 1.0, 0.8
LATENCY = 0.05
_TICK = os.sysconf("SC_CLK_TCK")
_HEAD = {"Accept-Encoding": "gzip", "Accept-Language": "es-MX,es;q=0.9"}


@dataclass(frozen=True)
class Server:
    """A web server that runs: its port, its process, and what phones open there."""

    port: int
    pid: int
    paths: tuple[str, ...]


@dataclass
class Stand:
    """An installation with a public page, and its web."""

    made: Installation
    web: Server
    sender: Sender


def measure_pages(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B7: CPU of the public page, beside Flask's hello and a page made for each visitor."""
    every: tuple[list[float], ...] = ([], [], [])
    with contextlib.ExitStack() as stack:
        stand = stack.enter_context(_stand(stack, 40))
        page, env = stand.web.paths[:1], stand.made.env
        lazy = stack.enter_context(_server("benchmarks.servers.lazy_page", page, env))
        hello = stack.enter_context(_server("benchmarks.servers.hello", ("/sign-in",), {}))
        for number in range(scale.rounds + 1):
            say(f"B7, round {number}")
            found = [_cpu(server, scale.page_requests) for server in (stand.web, lazy, hello)]
            if number:  # once before, so that nothing is done for the first time
                for kept, one in zip(every, found, strict=True):
                    kept.append(one)
    ours, peer, limit = every
    times = ratios(ours, limit)
    return [
        Line(
            row="B7",
            what="CPU of the public page, a request",
            unit="µs",
            ours=Figure.of(ours),
            peer=Figure.of(peer),
            limit=Figure.of(limit),
            ratio_peer=ratios(peer, ours),
            ratio_limit=times,
            goals=(at_most("≤ 2 × hello", times.median, TIMES_HELLO),),
            rounds=scale.rounds,
            note="CPU of the server's processes over one kept connection, "
            f"{scale.page_requests:,} requests a round. Peer: the same page from models, "
            "rendered for each visitor. Limit: Flask's hello under the same server.",
        )
    ]


def measure_herd(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure B8: all phones at once, and a thousand in a minute while the relay sends."""
    with contextlib.ExitStack() as stack:
        gateway = stack.enter_context(stub_gateway())
        stand = stack.enter_context(_stand(stack, scale.herd_messages, gateway))
        stack.enter_context(stand.made.relay())
        sizes = _sizes(stand.web)
        paths = ("/page", "/style.css")
        limit = stack.enter_context(_server("benchmarks.servers.ready_page", paths, sizes))
        page = stand.web.paths[:1]
        lazy = stack.enter_context(
            _server("benchmarks.servers.lazy_page", (*page, "/static/css/base.css"), stand.made.env)
        )
        return [
            _at_once(scale, say, (stand.web, lazy, limit)),
            *_while_sending(scale, say, stand, gateway),
        ]


@contextlib.contextmanager
def _stand(
    stack: contextlib.ExitStack, people: int, gateway: StubGateway | None = None
) -> Iterator[Stand]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farolito-bench-")))
    with installed(folder / "page", gateway) as made:
        with connection():
            site = school("Lincoln Elementary", people)
            path = public_alert.page_of(public_alert.tell_families(site, people))
            sender = Sender(made, site, recipients())
        paths = (path, drawing.style_path())
        with _server("app", paths, made.env) as web:
            yield Stand(made, web, sender)


@contextlib.contextmanager
def _server(name: str, paths: tuple[str, ...], env: Mapping[str, str]) -> Iterator[Server]:
    port = free_port()
    with running(granian(f"{name}:create_app", port), env) as process:
        first_answer(paths[0], port, process)
        yield Server(port, process.pid, paths)


def _cpu(server: Server, requests: int) -> float:
    """Return the µs of CPU that a request costs the server, over one connection that is kept."""
    line = HTTPConnection("127.0.0.1", server.port, timeout=30)
    before = _spent(server.pid)
    for _ in range(requests):
        line.request("GET", server.paths[0], headers=_HEAD)
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    spent = _spent(server.pid) - before
    line.close()
    return max(spent, 1 / _TICK) / requests * 1e6


def _spent(pid: int) -> float:
    """Return the seconds of CPU that a process and its children have used."""
    total = 0
    for one in descendants(pid):
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{one}/stat").read_text(encoding="utf-8")
            total += sum(map(int, stat.rpartition(")")[2].split()[11:13]))
    return total / _TICK


def _sizes(web: Server) -> dict[str, str]:
    page, style = (len(Browser(web.port).get(path).body) for path in web.paths)
    return {"BENCH_PAGE": str(page), "BENCH_STYLE": str(style)}


def _at_once(
    scale: Scale, say: Callable[[str], None], servers: tuple[Server, Server, Server]
) -> Line:
    found: tuple[list[float], ...] = ([], [], [])
    for number in range(scale.rounds + 1):
        say(f"B8 at once, round {number}")
        for server, kept in zip(servers, found, strict=True):
            took = phones.at_once(server.port, server.paths, scale.herd)
            if number:
                kept.append(took * 1000)
    ours, peer, limit = found
    times = ratios(ours, limit)
    return Line(
        row="B8",
        what=f"the last of {scale.herd} phones that open page and style sheet at once",
        unit="ms",
        ours=Figure.of(ours),
        peer=Figure.of(peer),
        limit=Figure.of(limit),
        ratio_peer=ratios(peer, ours),
        ratio_limit=times,
        goals=(at_most("≤ 2.5 × ready bytes", times.median, TIMES_STATIC),),
        rounds=scale.rounds,
        note="Each phone makes a new connection for each of the two. Limit: as many bytes from "
        "memory by a bare WSGI application under the same server, which is more than a static file "
        "asks. Peer: the page made from models for each visitor, and a style sheet by Flask.",
    )


@dataclass
class _Minute:
    """Rates of the relay quiet and with visitors, and what their pages took."""

    quiet: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)


def _while_sending(
    scale: Scale, say: Callable[[str], None], stand: Stand, gateway: StubGateway
) -> Iterator[Line]:
    found, seconds = _Minute(), scale.visit_seconds / scale.rounds
    visits = max(1, scale.visits // scale.rounds)
    for number in range(scale.rounds):
        say(f"B8 while the relay sends, round {number + 1}")
        found.quiet.append(_rate(stand, gateway, scale))
        with _visitors(stand.web, visits / seconds, visits) as visitors:
            rates = [_rate(stand, gateway, scale)]
            while visitors.poll() is None:
                rates.append(_rate(stand, gateway, scale))
            assert visitors.stdout is not None
            found.took += json.loads(visitors.stdout.read())
        found.busy.append(statistics.median(rates))
    kept, late = ratios(found.busy, found.quiet), percentile(found.took, 0.99)
    note = f"{scale.visits:,} visits in {scale.visit_seconds} s, the gateway answering in 50 ms."
    yield Line(
        row="B8",
        what="a public page while the relay sends",
        unit="ms",
        ours=Figure.of(1000 * one for one in found.took),
        goals=(at_most("p99 ≤ 1,000 ms", late * 1000, MOST_SECONDS * 1000),),
        rounds=scale.rounds,
        note=note,
    )
    yield Line(
        row="B8",
        what="messages a second while phones open the page",
        unit="1/s",
        ours=Figure.of(found.busy),
        limit=Figure.of(found.quiet),
        ratio_limit=kept,
        goals=(at_least("≥ 0.8 of the quiet rate", kept.median, KEPT),),
        rounds=scale.rounds,
        note="Limit: the same relay in the same round with nobody on the page.",
    )


def _rate(stand: Stand, gateway: StubGateway, scale: Scale) -> float:
    gateway.reset(LATENCY)
    return stand.sender.rate(gateway, min(scale.herd_messages, len(stand.sender.recipients)))


@contextlib.contextmanager
def _visitors(web: Server, rate: float, count: int) -> Iterator[subprocess.Popen[bytes]]:
    words = (str(web.port), ",".join(web.paths), str(rate), str(count))
    with running(module("benchmarks.phones", *words), read=True) as process:
        yield process
