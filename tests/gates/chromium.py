"""Chromium before the application, without a network: what the page does is seen and counted.

Every request of the page comes here. Ours is answered by the test client, which also keeps the
cookies; every other is written down and refused.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

from tests import page

HOST = urlsplit(page.ADDRESS).hostname
# Counted by the page itself; not subject to its policy, since the browser puts it there.
LISTEN = """() => {
  window.refused = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
}"""
_FILES: dict[str, dict[str, Any]] = {}
_NOT_PASSED_ON = {"set-cookie", "content-length", "content-encoding", "transfer-encoding"}
_NOT_SENT_ON = {"host", "accept-encoding", "content-length", "cookie"}


class Visitor:
    """Somebody signed in, whose pages a real browser shows."""

    def __init__(self, chromium: Chromium, app: Flask, *, script: bool = True) -> None:
        self.browser = page.Browser(app)
        self.faults: list[str] = []
        self.foreign: list[str] = []
        self.context = chromium.new_context(java_script_enabled=script)
        self.context.set_default_timeout(15_000)
        self.context.route("**/*", self._answer)
        self.page: Page = self.context.new_page()
        self.page.add_init_script(f"({LISTEN})()")
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        # What stands in for an answer of the application, and the headers that it loses.
        self.instead: dict[str, str] = {}
        self.without: set[str] = set()

    def _answer(self, route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        if parts.hostname != HOST:
            self.foreign.append(request.url)
            route.abort()
            return
        if parts.path.startswith("/static/"):
            route.fulfill(**self._static(request.url))
            return
        headers = {k: v for k, v in request.headers.items() if k not in _NOT_SENT_ON}
        answer = self.browser.client.open(
            parts.path, query_string=parts.query, method=request.method, headers=headers,
            data=request.post_data_buffer, base_url=page.ADDRESS,
        )  # fmt: skip
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() not in _NOT_PASSED_ON | self.without
        }
        body = self.instead.get(parts.path) or answer.get_data()
        answer.close()
        route.fulfill(status=answer.status_code, headers=kept, body=body)

    def _static(self, url: str) -> dict[str, Any]:
        """Return a file as it was answered the first time: there are eight on every page."""
        if url not in _FILES:
            answer = self.browser.client.get(url, base_url=page.ADDRESS)
            kept = {"content-type": answer.headers["Content-Type"]}
            _FILES[url] = {"status": answer.status_code, "headers": kept, "body": answer.get_data()}
            answer.close()
        return _FILES[url]

    def _said(self, message: Any) -> None:
        # That an answer was an error is not the page's doing; errors of ours are tested as such.
        if message.type in ("error", "warning") and "status of" not in message.text:
            self.faults.append(f"{message.type}: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def visit(self, path: str) -> list[str]:
        """Show a page; return every dialog, error, refusal by its policy and foreign request."""
        self.faults.clear()
        self.foreign.clear()
        self.page.goto(f"{page.ADDRESS}{path}", wait_until="load")
        refused = self.page.evaluate("window.refused || []")
        return [
            *self.faults,
            *(f"refused: {one}" for one in refused),
            *(f"another host: {one}" for one in self.foreign),
        ]

    def close(self) -> None:
        self.context.close()
