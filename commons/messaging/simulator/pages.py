"""The pages that show the phones: a grid of them, and each one's conversation.

Everything works by forms and redirects; a script only keeps the page fresh.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .answers import Answer
from .looks import FAILURES, LANGUAGES, STATES, card, direction, filtered, when
from .people import People
from .phones import Failure, Phone, Plan
from .routing import Request, Routes
from .state import State, UnknownPhoneError

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "commons" / "static"
PAGE_SIZE = 60
HTML = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
FILTERS = ("site", "language", "state", "search")


class Pages:
    """Renders the phones and takes their owners' acts."""

    def __init__(self, state: State, people: People, app_url: str = "") -> None:
        """Show this state; `app_url` is the product's own address, for a link."""
        self.state = state
        self.people = people
        self.app_url = app_url
        self.templates = Environment(
            loader=FileSystemLoader(ROOT / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self.templates.globals.update(app_url=app_url, states=STATES, failures=FAILURES)
        self.templates.globals.update(languages=LANGUAGES, when=when, icon=icon)
        self.templates.globals.update(
            static=lambda name: f"/static/{name}",
            url=lambda path, live="": path + (f"?live={live}" if live else ""),
            phone_url=phone_url,
        )
        self.routes = Routes()
        self.routes.add("GET", "/", self.home)
        self.routes.add("POST", "/crowd", self.crowd)
        self.routes.add("GET", "/phones/{reference}", self.phone)
        for act in ("read", "say", "react", "failure", "key-change", "trust"):
            self.routes.add("POST", f"/phones/{{reference}}/{act}", self.act)

    def handle(self, request: Request) -> Answer:
        """A page, a file, a redirect after an act, or a page that says why not."""
        if request.path.startswith("/static/") and request.method in {"GET", "HEAD"}:
            return self.file(request.path.removeprefix("/static/"))
        method = "GET" if request.method == "HEAD" else request.method
        request.method = method
        view = self.routes.find(request)
        if view is None:
            return self._problem(404, "There is no such page")
        if method == "POST" and request.from_elsewhere():
            return self._problem(403, "Another site sent this form")
        try:
            return view(request)
        except UnknownPhoneError:
            return self._problem(404, "There is no such phone")
        except ValueError:
            return self._problem(422, "The form has a value that does not fit")

    def home(self, request: Request) -> Answer:
        """The grid of phones; with ?part=grid only what changes by itself."""
        wanted = {name: request.one(name) for name in FILTERS}
        phones = filtered(self.state, wanted)
        pages = max(1, -(-len(phones) // PAGE_SIZE))
        number = min(max(1, _whole(request.one("page", "1"))), pages)
        first = (number - 1) * PAGE_SIZE
        everyone = list(self.state.phones.values())
        return self._page(
            "grid.html" if request.one("part") == "grid" else "phones.html",
            request,
            cards=[card(self.state, p) for p in phones[first : first + PAGE_SIZE]],
            found=len(phones),
            total=len(everyone),
            wanted=wanted,
            sites=sorted({p.site for p in everyone if p.site}),
            spoken=sorted({p.language for p in everyone}),
            tally=_tally(self.state, everyone),
            number=number,
            pages=pages,
        )

    def phone(self, request: Request) -> Answer:
        """One phone's conversation; with ?part=thread only what changes by itself."""
        phone = self.state.phone(request.names["reference"])
        return self._page(
            "thread.html" if request.one("part") == "thread" else "phone.html",
            request,
            card=card(self.state, phone),
            messages=self.state.thread(phone),
            direction=direction(phone.language),
        )

    def crowd(self, request: Request) -> Answer:
        """Let many of the shown phones read, reply or react."""
        form = request.form()
        wanted = {name: form.get(name, "") for name in FILTERS}
        act = form.get("act", "")
        if act not in {"read", "reply", "react"}:
            raise ValueError(act)
        count = min(10_000, max(1, _whole(form.get("count", "10"))))
        self.people.crowd(act, count, filtered(self.state, wanted), form.get("text", "1"))
        return _go("/?" + _query(wanted, {"live": form.get("live", "")}))

    def act(self, request: Request) -> Answer:
        """One act of one phone's owner, or a failure set on it."""
        form = request.form()
        phone = self.state.phone(request.names["reference"])
        self._perform(request.path.rpartition("/")[2], phone, form)
        query = _query({"live": form.get("live", "")}, {})
        return _go(phone_url(phone) + (f"?{query}" if query else ""))

    def _perform(self, act: str, phone: Phone, form: dict[str, str]) -> None:
        reference, text = phone.reference, form.get("text", "").strip()
        if act in {"read", "react", "say"}:
            # Whoever answers has opened the conversation.
            self.people.read(reference)
        if act == "react":
            self.people.react(reference)
        elif act == "say" and text:
            quoted = form.get("quote")
            self.people.say(reference, text, quote_timestamp=int(quoted) if quoted else None)
        elif act == "failure":
            plan = Plan(Failure(form.get("mode", "")), token=form.get("token", "").strip())
            self.state.plan(reference, plan)
        elif act == "key-change":
            self.people.change_key(reference)
        elif act == "trust":
            self.people.trust(phone)

    def file(self, name: str) -> Answer:
        """A file of the product's static folder; nothing outside it."""
        path = (STATIC / name).resolve()
        kind = TYPES.get(path.suffix)
        if kind is None or not path.is_relative_to(STATIC) or not path.is_file():
            return self._problem(404, "There is no such file")
        return Answer(200, path.read_bytes(), kind, HEADERS[:3])

    def _page(self, template: str, request: Request, **values: Any) -> Answer:
        """A rendered page; `live` is "" (a script keeps it fresh), on (the browser does) or off."""
        given = {name: found[0] for name, found in request.query.items()}
        live, path = given.get("live", ""), quote(request.path)
        live = live if live in {"on", "off"} else ""
        text = self.templates.get_template(f"simulator/{template}").render(
            live=live,
            to=lambda **changes: f"{path}?{_query(given, changes)}",
            **values,
        )
        refresh = (("Refresh", "3"),) if live == "on" else ()
        return Answer(200, text.encode(), HTML, (*HEADERS, *refresh))

    def _problem(self, status: int, title: str) -> Answer:
        text = self.templates.get_template("simulator/problem.html").render(problem=title)
        return Answer(status, text.encode(), HTML, HEADERS)


def phone_url(phone: Phone) -> str:
    """The path of a phone's page."""
    return "/phones/" + quote(phone.reference, safe="")


def icon(name: str) -> Markup:
    """A drawing of the product's sprite; the words beside it carry the meaning."""
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="/static/icons.svg#{}"></use></svg>'
    ).format(name)


def _tally(state: State, phones: list[Phone]) -> dict[str, int]:
    counts = dict.fromkeys(STATES, 0)
    for phone in phones:
        counts[card(state, phone).state] += 1
    return counts


def _query(values: dict[str, str], changes: dict[str, Any]) -> str:
    merged = {**values, **changes}
    return urlencode({name: value for name, value in merged.items() if value})


def _whole(text: str) -> int:
    return int(text) if text.strip().isdecimal() else 1


def _go(target: str) -> Answer:
    return Answer(303, headers=(("Location", target), *HEADERS))
