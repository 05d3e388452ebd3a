"""The whole product as a newcomer starts it, and a real browser to walk through it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from commons import ports
from tests.conftest import WORKER

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 360, "height": 740}


@dataclass
class Demonstration:
    """A running demonstration: its addresses, and a way to sign in."""

    url: str
    phones: str
    data: Path

    def link(self, who: str) -> str:
        """Return a fresh one-time sign-in link for a visitor."""
        command = [sys.executable, "-m", "app", "accounts", "link", f"{who}@demonstration.example"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=True
        )
        found = re.search(r"http\S+", done.stdout)
        assert found, done.stdout
        return found.group()

    def environment(self) -> dict[str, str]:
        """Return what a command needs to find this installation."""
        return {**os.environ, "FAROLITO_DATA": str(self.data)}


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Start everything with the one command; nothing of it survives the tests."""
    data = tmp_path_factory.mktemp("demonstration")
    # By worker: two that look for a free port at the same moment would find the same one.
    number = "".join(filter(str.isdigit, WORKER)) or "0"
    port = ports.next_free("127.0.0.1", 8100 + 50 * int(number))
    command = [sys.executable, "-m", "app", "serve", "--demonstration"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        phones = re.search(r"phones .* at (\S+)", said)
        assert phones, said
        yield Demonstration(f"http://127.0.0.1:{port}", phones.group(1), data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        if process.stdout:
            process.stdout.close()


class Walk:
    """One visitor on a phone, whose pages are all looked at."""

    def __init__(self, page: Page, demonstration: Demonstration, script: bool) -> None:
        self.page, self.demonstration, self.script = page, demonstration, script
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))

    def sign_in(self, who: str) -> None:
        """Open a one-time link and press its one button."""
        self.page.goto(self.demonstration.link(who))
        self.tap("main button[type=submit]")

    def tap(self, target: str) -> None:
        """Press the first such link or button, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.locator(target).first.click()

    def messages(self) -> list[dict[str, Any]]:
        """Return everything that the phones of the simulator have got."""
        found: list[dict[str, Any]] = self.page.request.get(f"{self._phones()}/messages").json()
        return found

    def say(self, number: str, text: str) -> None:
        """Write from a phone of the simulator to the relay."""
        answer = self.page.request.post(
            f"{self._phones()}/messages", data={"number": number, "text": text}
        )
        assert answer.ok, answer.text()

    def _phones(self) -> str:
        return f"{self.demonstration.phones}/simulator/api"

    def look(self, name: str) -> None:
        """Check the page as it stands: nothing wider than the phone, nothing axe objects to."""
        if os.environ.get("FAROLITO_TEST_SCREENSHOTS"):
            folder = Path(os.environ["FAROLITO_TEST_SCREENSHOTS"])
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}.png", full_page=True)
        if not self.script:
            return
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{name} is {width} px wide"
        found = Axe().run(self.page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert not [words for words in self.said if "Refused" in words or "violates" in words]
        assert self.said == []


@pytest.fixture
def walk(chromium: Browser, demonstration: Demonstration) -> Iterator[Callable[..., Walk]]:
    """Return a function that opens a phone: with or without script, in a language."""
    contexts: list[Any] = []

    def start(*, script: bool = True, language: str = "en-US", dark: bool = False) -> Walk:
        context = chromium.new_context(
            viewport=PHONE,
            java_script_enabled=script,
            locale=language,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Walk(context.new_page(), demonstration, script)

    yield start
    for context in contexts:
        context.close()
