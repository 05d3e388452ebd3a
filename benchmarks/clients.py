"""Senders that keep nothing: the limit, and the two ways most programs would send."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable

import requests

from benchmarks.gateway import StubGateway
from benchmarks.servers.stub_gateway import ACCOUNT
from benchmarks.telephones import number

TEXT = "K72.v1 Lincoln Elementary: school is closed today. Reply 1 when you have read this."


def order(recipient: str) -> dict[str, object]:
    """Return what the relay too asks of a gateway for one recipient."""
    return {
        "number": ACCOUNT,
        "recipients": [recipient],
        "message": TEXT,
        "text_mode": "normal",
        "notify_self": False,
    }


def keep_alive(gateway: StubGateway, messages: int, in_flight: int) -> float:
    """Return the messages a second of bare keep-alive connections, one to a thread."""
    bodies = [json.dumps(order(number(n))).encode() for n in range(messages)]
    headers = {"Content-Type": "application/json"}

    def connect() -> Callable[[int], None]:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
        connection.connect()

        def send(n: int) -> None:
            connection.request("POST", "/v2/send", bodies[n], headers)
            connection.getresponse().read()

        return send

    return _rate(messages, in_flight, connect)


def session_pool(gateway: StubGateway, messages: int, in_flight: int) -> float:
    """Return the messages a second of a thread pool, each thread with a requests.Session."""
    orders = [order(number(n)) for n in range(messages)]

    def connect() -> Callable[[int], None]:
        session = requests.Session()
        return lambda n: session.post(f"{gateway.url}/v2/send", json=orders[n]).raise_for_status()

    return _rate(messages, in_flight, connect)


def one_by_one(gateway: StubGateway, messages: int) -> float:
    """Return the messages a second of a loop of requests.post."""
    began = time.monotonic()
    for n in range(messages):
        answer = requests.post(f"{gateway.url}/v2/send", json=order(number(n)), timeout=60)
        answer.raise_for_status()
    return messages / (time.monotonic() - began)


def bare_post(gateway: StubGateway) -> None:
    """Send one message on a new connection."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    connection.request("POST", "/v2/send", json.dumps(order("+12135550199")))
    connection.getresponse().read()
    connection.close()


def _rate(messages: int, in_flight: int, connect: Callable[[], Callable[[int], None]]) -> float:
    numbers, gate = itertools.count(), threading.Barrier(in_flight + 1)

    def work() -> None:
        send = connect()
        gate.wait()
        # itertools.count is atomic, so that no lock stands between the threads.
        while (n := next(numbers)) < messages:
            send(n)

    threads = [threading.Thread(target=work) for _ in range(in_flight)]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    return messages / (time.monotonic() - began)
