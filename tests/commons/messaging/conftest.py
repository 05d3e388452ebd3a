"""A relay over the simulator: what every journey of a message is tested with."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from commons import clock
from commons.database import connection, transaction
from commons.messaging import outbox
from commons.messaging.gateway import Gateway
from commons.messaging.models import Message, Topic
from commons.messaging.outbox import Recipient
from commons.messaging.relay import Relay
from commons.messaging.simulator import Failure, Plan, Simulator
from commons.roster.models import ContactMethod, Person
from commons.settings import Settings
from commons.sites.models import Site
from tests import builders


class Post:
    """A school, its people's phones in the simulator, and a relay that can be run."""

    def __init__(self, settings: Settings, simulator: Simulator) -> None:
        self.settings = settings
        self.simulator = simulator
        self.site = builders.a_site()
        self.serial = 0

    def one_at_a_time(self) -> None:
        self.settings = dataclasses.replace(self.settings, in_flight=1)

    def people(self, number: int, language: str = "en", site: Site | None = None) -> list[Person]:
        with transaction():
            return [builders.a_person(site or self.site, language=language) for _ in range(number)]

    def tell(
        self,
        people: Sequence[Person],
        text: str = "School is closed.",
        *,
        site: Site | None = None,
        priority: int = 10,
        held: bool = False,
        not_after: dt.datetime | None = None,
    ) -> Topic:
        self.serial += 1
        texts = {("staff", person.language): text for person in people}
        recipients = [
            Recipient(person.id, method(person).id, "staff", person.language, priority, held)
            for person in people
        ]
        site_id = (site or self.site).id
        subject = f"test:{self.serial}"
        return outbox.enqueue(subject, site_id, texts, recipients, not_after=not_after)

    def relay(self, **given: Any) -> Relay:
        given.setdefault("unknown_wait", dt.timedelta(seconds=60))
        read = given.pop("read_seconds", 5.0)
        gateway = Gateway(self.simulator.url, self.settings.gateway_account, read_seconds=read)
        return Relay(gateway, self.settings, **given)

    def deliver(self, **given: Any) -> None:
        self.relay(**given).once()

    def wait_for_receipts(self, **given: Any) -> None:
        assert self.simulator.drain()
        self.deliver(**given)

    def plan(self, person: Person, mode: str, **given: Any) -> None:
        self.simulator.state.plan(builders.number_of(person), Plan(Failure(mode), **given))

    def texts(self, person: Person) -> list[str]:
        phone = self.simulator.state.find(builders.number_of(person))
        if phone is None:
            return []
        return [m.text for m in self.simulator.state.thread(phone) if m.to_phone and m.arrived]

    def all_texts(self) -> list[str]:
        return [m.text for m in self.simulator.state.messages if m.to_phone]

    def say(self, person: Person, text: str, **given: Any) -> None:
        self.simulator.people.say(builders.number_of(person), text, **given)
        assert self.simulator.drain()


def method(person: Person) -> ContactMethod:
    return ContactMethod.get(ContactMethod.person == person)


def state(person: Person) -> tuple[str, str]:
    """The newest message to a person: its state and why."""
    row = Message.select().where(Message.person == person).order_by(Message.id.desc()).first()
    return row.state.value, row.reason


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.01)


class Hook:
    """The web process's part: keeps what the gateway posts, as its route does."""

    def __init__(self) -> None:
        import threading
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                from commons.messaging import receiver

                body = self.rfile.read(int(self.headers["Content-Length"]))
                with connection():
                    receiver.store(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def hook(db: str) -> Iterator[Hook]:
    found = Hook()
    yield found
    found.stop()


@pytest.fixture
def post(db: str, settings: Settings, hook: Hook) -> Iterator[Post]:
    """A relay whose gateway is the simulator in JSON-RPC mode with a webhook."""
    settings = dataclasses.replace(settings, receive="webhook", webhook_secret="x" * 22)
    with Simulator(
        webhook_url=hook.url, receipt_delay_min_ms=0.0, receipt_delay_max_ms=5.0
    ) as simulator:
        yield Post(settings, simulator)


__all__ = ["Hook", "Post", "clock", "method", "state", "until"]
