"""P1 and P2: what a newcomer waits for: the command, the first page, the pages after it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from benchmarks.browser import Answer, Browser
from benchmarks.demonstration import Served, served
from benchmarks.figures import Figure, Line, at_most
from benchmarks.scale import Scale

FIRST_KB, LATER_KB = 60.0, 15.0
FIRST_SECONDS, AGAIN_SECONDS = 60.0, 20.0
LEAD = "site lead, Jacaranda"
MOST_STEPS = 8


def measure_pages(_scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure P1: the bytes of pages, as a browser loads them."""
    say("P1")
    with (
        tempfile.TemporaryDirectory(prefix="farolito-bench-") as folder,
        served(Path(folder) / "data") as found,
    ):
        first = {path: Browser(found.port).visit(path)[1] / 1000 for path in _first(found)}
        later = dict(_walk(found))
    heaviest, heavy = max(first, key=first.__getitem__), max(later, key=later.__getitem__)
    return [
        Line(
            row="P1",
            what="first page, with all that it loads",
            unit="kB",
            ours=Figure.of(first.values()),
            goals=(at_most(f"≤ {FIRST_KB:.0f} kB", first[heaviest], FIRST_KB),),
            rounds=len(first),
            note="Whole answers with their heads, gzip, over plain http, from an empty cache.",
        ),
        Line(
            row="P1",
            what=f"later pages, of which the heaviest is {heavy}",
            unit="kB",
            ours=Figure.of(later.values()),
            goals=(at_most(f"≤ {LATER_KB:.0f} kB", later[heavy], LATER_KB),),
            rounds=len(later),
            note=f"Later pages: {', '.join(f'{name} {kb:.1f}' for name, kb in later.items())}.",
        ),
    ]


def _first(found: Served) -> list[str]:
    return ["/", "/sign-in", found.links[LEAD]]


def _walk(found: Served) -> Iterator[tuple[str, float]]:
    """Sign in, send an alert, and look around; yield the kB of each page."""
    browser = Browser(found.port)
    page, _ = browser.visit(found.links[LEAD])
    page = browser.follow(browser.post(page.form("csrf_token")))
    yield "home", _weight(browser, page)
    address = "/alerts/new"
    for step in range(1, MOST_STEPS):
        page = browser.get(address)
        yield f"question {step}", _weight(browser, page)
        if any("key" in form.fields for form in page.forms()):
            break
        address = _last_choice(page)
    page = browser.follow(browser.post(page.form("key")))
    yield "the alert", _weight(browser, page)
    for name, path in (("alerts", "/alerts/"), ("sites", "/sites"), ("account", "/account")):
        yield name, browser.visit(path)[1] / 1000
    yield "roster", browser.visit(_roster(browser))[1] / 1000


def _weight(browser: Browser, page: Answer) -> float:
    assert page.status < 400, page.text
    return (page.wire + browser.load_parts("/", page)) / 1000


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") if tag == "a" else None
        if address:
            self.found.append(address)


def _links(page: Answer) -> list[str]:
    reader = _Links()
    reader.feed(page.text)
    return reader.found


def _last_choice(page: Answer) -> str:
    """Return the last answer that a question offers: the one that reaches most people."""
    return [link for link in _links(page) if link.startswith("/alerts/new?")][-1]


def _roster(browser: Browser) -> str:
    """Return the address of the roster of the first site that has one to see."""
    home = browser.get("/home")
    for link in _links(home):
        if link.endswith("/roster"):
            return link
    raise RuntimeError("The home page leads to no roster.")


def measure_serving(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure P2: the seconds until the demonstration is ready, on new data and again."""
    fresh, again = [], []
    for number in range(scale.serves):
        say(f"P2, start {number + 1}")
        with tempfile.TemporaryDirectory(prefix="farolito-bench-") as folder:
            data = Path(folder) / "data"
            with served(data) as found:
                fresh.append(found.took)
            with served(data) as found:
                again.append(found.took)
    return [
        _ready("demonstration ready, on a new data folder", fresh, FIRST_SECONDS),
        _ready("demonstration ready, the second time", again, AGAIN_SECONDS),
    ]


def _ready(what: str, seconds: list[float], bound: float) -> Line:
    return Line(
        row="P2",
        what=what,
        unit="s",
        ours=Figure.of(seconds),
        goals=(at_most(f"≤ {bound:.0f} s", max(seconds), bound),),
        rounds=len(seconds),
        note="`serve --demonstration`, which `make run` starts once its environment is there.",
    )
