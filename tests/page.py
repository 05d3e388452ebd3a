"""A browser without script that reads pages as people do, and checks each one it is given.

Every page fetched in any test must be valid HTML with one h1, a title that agrees with it,
unique ids, labelled fields, forms that say where they go, and nothing inline or foreign.
"""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any, cast

import html5lib

from commons.accounts import service as accounts
from commons.accounts.models import Account
from commons.database import transaction

ADDRESS = "https://farolito.test"
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FOREIGN = re.compile(r"^(https?:)?//(?!farolito\.test)")


class Form:
    """A form on a page: fill it by its labels or names, then submit."""

    def __init__(self, page: Page, element: ET.Element) -> None:
        self.page, self.element = page, element
        self.action = element.get("action") or page.path
        self.method = (element.get("method") or "get").lower()
        self.values: dict[str, list[str]] = {}
        for field in _fields(element):
            name, kind = field.get("name"), field.get("type", "text")
            if not name or kind in ("submit", "file"):
                continue
            if kind in ("checkbox", "radio"):
                if field.get("checked") is not None:
                    self.values.setdefault(name, []).append(field.get("value", "on"))
            elif field.tag == "select":
                chosen = [o for o in field.iter("option") if o.get("selected") is not None]
                options = chosen or list(field.iter("option"))[:1]
                self.values[name] = [o.get("value", _text(o)) for o in options]
            elif field.tag == "textarea":
                self.values[name] = [_text(field)]
            else:
                self.values[name] = [field.get("value", "")]

    def fill(self, **values: str | list[str]) -> Form:
        """Set fields by name; a list sets several boxes."""
        known = {field.get("name") for field in _fields(self.element)}
        known |= {button.get("name") for button in self.element.iter("button")}
        for name, value in values.items():
            assert name in known, f"the form has no field {name}: {sorted(filter(None, known))}"
            self.values[name] = value if isinstance(value, list) else [value]
        return self

    def submit(self, **values: Any) -> Page:
        """Fill and send the form, and follow where it leads."""
        self.fill(**values)
        buttons = list(self.element.iter("button"))
        # A button without a name is what the form is for; the others do something beside it.
        plain = any(not b.get("name") and b.get("type") == "submit" for b in buttons)
        button = None if plain else next((b for b in buttons if b.get("name")), None)
        if button is not None and button.get("name") not in self.values:
            self.values[button.get("name", "")] = [button.get("value", "")]
        browser = self.page.browser
        if self.method == "post":
            return browser.post(self.action, self.values)
        return browser.get(self.action, query=self.values)


class Page:
    """One answer, read as a document."""

    def __init__(self, browser: Browser, path: str, response: Any, *, unread: bool = False) -> None:
        self.browser, self.path, self.response = browser, path, response
        self.status: int = response.status_code
        self.text: str = response.get_data().decode("utf-8", "replace")
        response.close()
        # The body of a redirect is Werkzeug's, and nobody reads it.
        redirect = 300 <= self.status < 400
        self.is_page = response.mimetype == "text/html" and bool(self.text) and not redirect
        if self.is_page and not unread:
            assert self.root is not None

    @functools.cached_property
    def root(self) -> ET.Element:
        """Return the document, once it has been found to be a good page."""
        assert self.is_page, f"{self.path} is no page"
        fragment = not self.text.lstrip().lower().startswith("<!doctype")
        parser = html5lib.HTMLParser(
            tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False
        )
        parsed = parser.parseFragment(self.text) if fragment else parser.parse(self.text)
        faults = list(_faults(parsed, parser.errors, fragment))
        assert not faults, f"{self.path} is not a good page:\n" + "\n".join(faults)
        return cast("ET.Element", parsed)

    @property
    def words(self) -> str:
        """Return what a person reads, in one line."""
        return " ".join(_text(self.root).split())

    @property
    def heading(self) -> str:
        """Return the page's one h1."""
        return " ".join(_text(next(self.root.iter("h1"))).split())

    def form(self, action: str = "") -> Form:
        """Return the first form whose action contains the word, the language form aside."""
        for element in self.root.iter("form"):
            if action in (element.get("action") or self.path) and (
                action or "sign-out" not in (element.get("action") or "")
            ):
                return Form(self, element)
        raise AssertionError(f"{self.path} has no form to {action!r}")

    def links(self) -> list[str]:
        """Return where the page's links lead."""
        return [a.get("href", "") for a in self.root.iter("a")]

    def follow(self, words: str) -> Page:
        """Follow the link whose words contain these."""
        for a in self.root.iter("a"):
            if words.lower() in " ".join(_text(a).split()).lower():
                return self.browser.get(a.get("href", ""))
        raise AssertionError(f"{self.path} has no link {words!r}")


class Browser:
    """Fetches pages over the test client, always with CSRF and secure cookies on."""

    def __init__(self, app: Any) -> None:
        self.client = app.test_client()

    def get(
        self, path: str, *, query: Any = None, headers: Any = None, follow: bool = True
    ) -> Page:
        """Fetch a page, following redirects."""
        response = self.client.get(
            path,
            query_string=query,
            headers=headers,
            base_url=ADDRESS,
            follow_redirects=follow,
        )
        return Page(self, response.request.path, response)

    def post(self, path: str, values: Any, *, follow: bool = True, headers: Any = None) -> Page:
        """Send a form, following redirects."""
        response = self.client.post(
            path, data=values, base_url=ADDRESS, follow_redirects=follow, headers=headers
        )
        return Page(self, response.request.path, response)

    def sign_in(self, account: Account) -> Page:
        """Sign in as a person does with a one-time link."""
        from commons.permissions import CONSOLE

        with transaction():
            token = accounts.make_sign_in_link(CONSOLE, account, minutes=10)
        # Signing in has tests of its own: the others, a thousand of them, need not read its
        # pages again. Home is read when a test looks at it.
        path = f"/sign-in/{token}"
        shown = self.client.get(path, base_url=ADDRESS).get_data(as_text=True)
        csrf = CSRF.search(shown)
        assert csrf, f"{path} has no form"
        response = self.client.post(
            path, data={"csrf_token": csrf[1]}, base_url=ADDRESS, follow_redirects=True
        )
        return Page(self, response.request.path, response, unread=True)


def _fields(element: ET.Element) -> Iterator[ET.Element]:
    for tag in ("input", "select", "textarea"):
        yield from element.iter(tag)


def _text(element: ET.Element) -> str:
    return "".join(element.itertext())


def _faults(root: ET.Element, errors: list[Any], fragment: bool) -> Iterator[str]:
    for position, code, details in errors:
        # A fragment has no doctype, and html5lib does not know that SVG may stand anywhere.
        if not (fragment and code == "expected-doctype-but-got-start-tag"):
            yield f"HTML {position}: {code} {details}"
    yield from _inline(root)
    yield from _ids_and_labels(root)
    yield from _forms(root)
    if not fragment:
        yield from _document(root)


def _document(root: ET.Element) -> Iterator[str]:
    headings = list(root.iter("h1"))
    if len(headings) != 1:
        yield f"{len(headings)} h1 instead of one"
        return
    title = " ".join(_text(next(root.iter("title"))).split()).removeprefix("Error: ")
    title = title.removeprefix("Hay un problema: ")
    heading = " ".join(_text(headings[0]).split())
    if not title.startswith(heading):
        yield f"the title {title!r} does not begin with the heading {heading!r}"
    if not root.get("lang") or root.get("dir") not in ("ltr", "rtl"):
        yield "the page does not say its language and direction"
    if len(list(root.iter("main"))) != 1:
        yield "the page has no single main part"


def _inline(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "style" or (element.tag == "script" and _text(element).strip()):
            yield f"inline {element.tag}"
        for name, value in element.attrib.items():
            if name == "style" or name.startswith("on"):
                yield f"inline attribute {name} on {element.tag}"
            loads = name in ("src", "href", "action") and element.tag != "a"
            if loads and FOREIGN.match(value):
                yield f"{element.tag} loads from another host: {value}"


def _ids_and_labels(root: ET.Element) -> Iterator[str]:
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    for name in sorted({i for i in ids if ids.count(i) > 1}, key=str):
        yield f"the id {name} is used twice"
    labelled = {label.get("for") for label in root.iter("label")}
    inside = {id(f) for label in root.iter("label") for f in _fields(label)}
    for field in _fields(root):
        hidden = field.get("type") in ("hidden", "submit")
        named = field.get("aria-label") or field.get("aria-labelledby")
        if not (hidden or named or id(field) in inside or field.get("id") in labelled):
            yield f"the field {field.get('name')} has no label"
    for image in root.iter("img"):
        if image.get("alt") is None:
            yield f"the image {image.get('src')} has no alt"


def _forms(root: ET.Element) -> Iterator[str]:
    for form in root.iter("form"):
        if not form.get("action") or not form.get("method"):
            yield "a form does not say where and how it is sent"
        # A page behind a token has no session, hence no token of one (test_links.py).
        free = (form.get("action") or "").startswith("/a/")
        if (
            not free
            and (form.get("method") or "").lower() == "post"
            and not any(field.get("name") == "csrf_token" for field in _fields(form))
        ):
            yield f"the form to {form.get('action')} has no CSRF token"
