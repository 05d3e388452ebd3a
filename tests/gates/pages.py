"""Every page that there is, once, with somebody who may open it; found by routes and by links."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import html5lib
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests import page
from tests.gates.full_school import Extra, FullSchool
from tests.gates.hostile import BREAKOUT, COUNTED, MARK, TYPED_IN
from tests.page import ADDRESS
from tests.test_routes import address

# Who opens a page is the first of these who may: the richest first.
ROLES = ("mara", "rosa", "dana", "ines", "carmen", "noor", "zenobia", "stranger", "")
# What answers a page in parts, a probe, or a machine.
NO_PAGES = {"static", "health.healthz", "gateway.receive", "own_data.file"}
Key = tuple[str, tuple[str, ...]]


class Map:
    """The application's pages over a full school."""

    def __init__(self, app: Flask, school: FullSchool) -> None:
        self.app, self.school = app, school
        self.rules = app.url_map.bind("farolito.test")
        self.pages: dict[Key, tuple[str, str]] = {}  # by route and query: the path, who opens it
        self.forms: dict[str, tuple[str, str]] = {}  # each act, a page that has it, who opens that
        self.faults: list[str] = []
        self.more: list[Extra] = list(school.more())
        for who in ROLES:
            self._walk(who)
        for extra in self.more:
            self._look(extra)

    def _look(self, extra: Extra) -> None:
        browser = self.come(extra.who, extra)
        found = self._read(browser, extra.path)
        assert found is not None, f"{extra.path} does not open for {extra.who or 'a stranger'}"
        self.pages[self.endpoint(extra.path), (f"as {extra.who}", extra.path)] = (
            extra.path,
            extra.who,
        )
        list(self._targets(found, extra.path, extra.who))

    def come(self, who: str, extra: Extra | None = None) -> page.Browser:
        """Return a browser of somebody, in which what a page needs has been done."""
        browser = page.Browser(self.app)
        self.sign_in(who, browser)
        if extra is not None and extra.before is not None:
            extra.before(browser)
        return browser

    def sign_in(self, who: str, browser: page.Browser) -> None:
        """Sign somebody in: one of the cast, `zenobia`, or nobody for the empty string."""
        if who == "zenobia":
            browser.sign_in(self.school.life.account)
        elif who == "family":
            browser.sign_in(self.school.family)
        elif who:
            browser.sign_in(getattr(self.school.cast, who))

    def endpoint(self, path: str, method: str = "GET") -> str:
        try:
            return str(self.rules.match(urlsplit(path).path, method=method)[0])
        except HTTPException:
            return ""

    def key(self, path: str) -> Key:
        """Return what makes a page another kind of page: its route, and what its query names."""
        names = {name for name, value in parse_qsl(urlsplit(path).query) if value}
        return self.endpoint(path), tuple(sorted(names - {"v", "language"}))

    def _walk(self, who: str) -> None:
        browser = self.come(who)
        waiting = [*self._by_route(), "/home", "/"]
        seen = {self.key(path) for path in waiting}
        while waiting:
            path = waiting.pop()
            found = self._read(browser, path)
            if found is None:
                continue
            self.pages.setdefault(self.key(path), (path, who))
            for target in self._targets(found, path, who):
                if self.key(target) not in seen | set(self.pages):
                    seen.add(self.key(target))
                    waiting.append(target)

    def _by_route(self) -> Iterator[str]:
        for rule in self.app.url_map.iter_rules():
            if "GET" in rule.methods and rule.endpoint not in NO_PAGES:
                yield address(rule, self.school.cast.lincoln, self.school.alert)

    def _read(self, browser: page.Browser, path: str) -> Any:
        """Return the page at a path that opens there; None for another or for no page."""
        try:
            found = browser.get(path, follow=False)
        except AssertionError as fault:
            self.faults.append(str(fault))
            return None
        if found.status != 200 or found.response.mimetype != "text/html" or not found.text:
            return None
        self.faults += [f"{fault} at {path}" for fault in _faults_of(found.root, found.text)]
        return found

    def _targets(self, found: page.Page, path: str, who: str) -> Iterator[str]:
        for link in found.links():
            target = link.split("#")[0]
            if target.startswith("/") and self.endpoint(target) not in ("", *NO_PAGES):
                yield target
            elif target.startswith("?"):
                yield path.split("?")[0] + target
        for form in found.root.iter("form"):
            action, method = form.get("action") or path, (form.get("method") or "get").upper()
            self.forms.setdefault(self.endpoint(action, method), (path, who))

    def echoes(self, only: str = "") -> list[str]:
        """Type hostile words into every form and query; return what did not stay words."""
        names = {name for _route, query in self.pages for name in query if " " not in name}
        query = dict.fromkeys({*names, "next", "q"}, BREAKOUT)
        faults = []
        with_forms, tried = set(self.forms.values()), set[str]()
        come: dict[str, page.Browser] = {}
        for path, who in [(path, who) for path, who in self.pages.values() if only in path]:
            browser = come[who] = come.get(who) or self.come(who)
            answer = browser.client.get(path.split("?")[0], query_string=query, base_url=ADDRESS)
            faults += [f"{fault} at {path}" for fault in _read_back(answer)]
            if (path, who) not in with_forms:
                continue
            for form in self._forms_to_type_into(browser, path):
                if self.endpoint(form.action, form.method.upper()) in tried:
                    continue
                tried.add(self.endpoint(form.action, form.method.upper()))
                for text in TYPED_IN:
                    values = {**form.values, **{name: [text] for name in typed(form)}}
                    answer = browser.client.open(
                        form.action, method=form.method, data=values, base_url=ADDRESS
                    )
                    faults += [f"{fault} after {form.action}" for fault in _read_back(answer)]
        return faults

    def _forms_to_type_into(self, browser: page.Browser, path: str) -> list[page.Form]:
        try:
            found = browser.get(path)
        except AssertionError:
            # A page that is not valid any more is told of by `faults`.
            return []
        if found.response.mimetype != "text/html" or not found.text:
            return []
        return [form for one in found.root.iter("form") if typed(form := page.Form(found, one))]

    def one_of_each(self) -> set[tuple[str, str]]:
        """Return a page of each route and of each act, and every extra one."""
        first = {key[0]: seen for key, seen in sorted(self.pages.items(), reverse=True)}
        extra = {(one.path, one.who) for one in self.more}
        return {*first.values(), *self.forms.values(), *extra}

    def not_opened(self) -> set[str]:
        """Return each route that can be looked at and that nobody opened."""
        opened = {endpoint for endpoint, _names in self.pages}
        return {
            rule.endpoint
            for rule in self.app.url_map.iter_rules()
            if "GET" in rule.methods and rule.endpoint not in NO_PAGES | opened
        }

    def acts(self) -> set[str]:
        """Return every route that changes something."""
        return {rule.endpoint for rule in self.app.url_map.iter_rules() if "POST" in rule.methods}


LEADING = ("href", "src", "action", "formaction", "data", "xlink:href")
ELSEWHERE = ("javascript:", "vbscript:", "data:text", "//")


def typed(form: page.Form) -> list[str]:
    """Return the names of a form's fields that somebody types into."""
    kinds = ("text", "search", "tel", "email", "url", "password", "number", "date", "time")
    fields = [one for tag in ("input", "textarea") for one in form.element.iter(tag)]
    return [
        one.get("name", "")
        for one in fields
        if one.get("name") and (one.tag == "textarea" or one.get("type", "text") in kinds)
    ]


def _read_back(answer: Any) -> list[str]:
    text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    answer.close()
    broke = [f"an answer {answer.status_code}"] if answer.status_code >= 500 else []
    names = [name for name, value in answer.headers.items() if name == MARK or f"{MARK}=" in value]
    shown = marked(text) if MARK in text or COUNTED in text else []
    return [*broke, *(f"a header {name}" for name in names), *shown]


def marked(text: str) -> list[str]:
    """Return what somebody typed and a page took for its own: elements, attributes, addresses."""
    return _faults_of(html5lib.parse(text, namespaceHTMLElements=False), text)


def _faults_of(root: ET.Element, text: str) -> list[str]:
    return [
        *([f"counted {COUNTED}"] if COUNTED in text else []),
        *(fault for one in root.iter() if isinstance(one.tag, str) for fault in _taken_in(one)),
    ]


def _taken_in(element: ET.Element) -> Iterator[str]:
    if MARK in element.tag or element.tag in ("iframe", "object", "embed", "base", "style"):
        yield f"an element {element.tag}"
    for name, value in ((str(name), str(value)) for name, value in element.attrib.items()):
        if MARK in name or name.startswith(("on", "hx-on")):
            yield f"{element.tag} has {name}"
        if name in LEADING and _plain(value).startswith(ELSEWHERE):
            yield f"{element.tag} leads to {value}"


def _plain(address: str) -> str:
    """Return an address as a browser reads it: without spaces and control characters."""
    return re.sub(r"[\s\x00-\x20]", "", address).lower()
