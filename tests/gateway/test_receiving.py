"""The gateway's contract, section 8, part three: polling, the webhook, receipts and replies."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.gateway.wire import A, B, C, Wire, wires


class Hook(ThreadingHTTPServer):
    """A receiver of webhooks that remembers, and answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HookHandler)
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.delay = 0.0
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def envelopes(self, kind: str) -> list[dict[str, Any]]:
        inner = [notification["params"]["envelope"] for notification in self.got]
        return [envelope for envelope in inner if kind in envelope]


class HookHandler(BaseHTTPRequestHandler):
    server: Hook
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.delay)
        self.server.headers.append(dict(self.headers))
        self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hooked(hook: Hook) -> Iterator[Wire]:
    yield from wires("head", "json-rpc", webhook_url=hook.url)


def poll(wire: Wire, **query: object) -> list[dict[str, Any]]:
    response = wire.ask("GET", f"/v1/receive/{A}", params={"timeout": 0, **query})
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return list(response.json())


def test_case_31_polling_takes_what_waits(polled: Wire) -> None:
    polled.ours.people.say(B, "one")
    polled.ours.people.say(C, "two")
    got = poll(polled)
    assert [item["envelope"]["dataMessage"]["message"] for item in got] == ["one", "two"]
    assert got[0]["account"] == A
    assert got[0]["envelope"]["sourceNumber"] == B
    assert poll(polled) == []


def test_case_31_at_most_so_many(polled: Wire) -> None:
    for text in ("one", "two", "three"):
        polled.ours.people.say(B, text)
    assert len(poll(polled, max_messages=2)) == 2
    assert len(poll(polled)) == 1


def test_polling_waits_after_the_last_message(polled: Wire) -> None:
    began = time.monotonic()
    threading.Timer(0.2, polled.ours.people.say, (B, "late")).start()
    assert len(poll(polled, timeout=1, max_messages=1)) == 1
    assert 0.1 < time.monotonic() - began < 0.9


def test_polling_past_the_command_timeout_loses_what_was_taken() -> None:
    for wire in wires("head", "normal", command_timeout_s=0.2):
        wire.ours.people.say(B, "lost")
        response = wire.ask("GET", f"/v1/receive/{A}", params={"timeout": 5})
        assert wire.error(response) == "process killed as timeout reached"
        assert poll(wire) == []


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("timeout=abc", "timeout needs to be numeric!"),
        ("max_messages=abc", "max_messages needs to be numeric!"),
        (
            "ignore_attachments=1",
            "ignore_attachments parameter needs to be either 'true' or 'false'",
        ),
        (
            "send_read_receipts=yes",
            "send_read_receipts parameter needs to be either 'true' or 'false'",
        ),
    ],
)
def test_case_32_polling_with_a_wrong_parameter(polled: Wire, query: str, error: str) -> None:
    response = polled.ask("GET", f"/v1/receive/%2B{A[1:]}?{query}")
    assert polled.error(response) == "Couldn't process request - " + error


def test_case_33_polling_in_json_rpc_mode(daemon: Wire) -> None:
    response = daemon.ask("GET", f"/v1/receive/{A}")
    assert response.status_code == 400
    assert response.text.startswith("Bad Request\n")


def test_case_37_the_webhook_gets_the_whole_notification(hooked: Wire, hook: Hook) -> None:
    hooked.ours.people.say(B, "yes")
    assert hooked.ours.drain()
    [notification] = hook.got
    assert notification["jsonrpc"] == "2.0"
    assert notification["method"] == "receive"
    assert notification["params"]["envelope"]["dataMessage"]["message"] == "yes"
    assert hook.headers[0]["Content-Type"] == "application/json"
    assert hook.headers[0]["User-Agent"] == "Go-http-client/1.1"


@pytest.mark.parametrize("status", [500, 204])
def test_case_37_the_webhook_is_tried_once(hooked: Wire, hook: Hook, status: int) -> None:
    hook.status = status
    hooked.ours.people.say(B, "yes")
    assert hooked.ours.drain()
    assert len(hook.got) == 1
    assert hooked.ours.state.counts()["webhook"] == {"refused": 1}


def test_case_37_a_slow_webhook_delays_a_send(hooked: Wire, hook: Hook) -> None:
    hook.delay = 0.3
    hooked.ours.people.say(B, "yes")
    began = time.monotonic()
    hooked.send(C)
    assert time.monotonic() - began > 0.2


def test_case_37_a_burst_reaches_the_webhook_whole(hooked: Wire, hook: Hook) -> None:
    for number in range(50):
        hooked.ours.people.say(B, str(number))
    assert hooked.ours.drain()
    texts = [envelope["dataMessage"]["message"] for envelope in hook.envelopes("dataMessage")]
    assert texts == [str(number) for number in range(50)]


def test_a_webhook_that_is_not_there_loses_the_message(hooked: Wire, hook: Hook) -> None:
    hooked.ours.settings.webhook_url = "http://127.0.0.1:9/hook"
    hooked.ours.people.say(B, "lost")
    assert hooked.ours.drain()
    assert hooked.ours.state.counts()["webhook"] == {"failed": 1}


def test_case_38_delivery_and_read_receipts(hooked: Wire, hook: Hook) -> None:
    phone = hooked.ours.state.put_phone({"number": B, "hidden": True, "devices": 2})
    timestamp = hooked.timestamp(hooked.send(B))
    hooked.ours.people.read(B)
    assert hooked.ours.drain()
    receipts = hook.envelopes("receiptMessage")
    bodies = [envelope["receiptMessage"] for envelope in receipts]
    assert [body["isDelivery"] for body in bodies] == [True, True, False]
    assert [body["isRead"] for body in bodies] == [False, False, True]
    assert all(body["timestamps"] == [timestamp] for body in bodies)
    assert {envelope["sourceUuid"] for envelope in receipts} == {phone.uuid}
    assert {envelope["sourceNumber"] for envelope in receipts} == {None}
    assert [envelope["sourceDevice"] for envelope in receipts] == [1, 2, 1]


def test_nobody_hears_of_reading_when_read_receipts_are_off(hooked: Wire, hook: Hook) -> None:
    hooked.ours.state.put_phone({"number": B, "read_receipts": False})
    hooked.send(B)
    assert len(hooked.ours.people.read(B)) == 1
    assert hooked.ours.drain()
    assert len(hook.envelopes("receiptMessage")) == 1


def test_a_reply_quotes_and_a_reaction_names_its_target(hooked: Wire, hook: Hook) -> None:
    timestamp = hooked.timestamp(hooked.send(B, message="Ready?"))
    hooked.ours.people.say(B, "yes", quote_timestamp=timestamp)
    hooked.ours.people.react(B, "👍")
    hooked.ours.people.type(B)
    assert hooked.ours.drain()
    reply, reaction = (e["dataMessage"] for e in hook.envelopes("dataMessage"))
    assert (reply["quote"]["id"], reply["quote"]["text"]) == (timestamp, "Ready?")
    assert reply["quote"]["author"] == A
    assert reaction["message"] is None
    assert reaction["reaction"]["targetSentTimestamp"] == timestamp
    assert hook.envelopes("typingMessage")[0]["typingMessage"]["action"] == "STARTED"


def test_case_39_a_changed_safety_number(hooked: Wire, hook: Hook) -> None:
    hooked.send(B)
    hooked.ours.people.change_key(B, say="it is me")
    error = hooked.error(hooked.send(B))
    assert error == "Unable to complete request due to untrusted recipient keys"
    assert hooked.ours.drain()
    untrusted = hook.got[-1]["params"]
    assert untrusted["exception"]["type"] == "UntrustedIdentityException"
    assert "dataMessage" not in untrusted["envelope"]
    rows = hooked.ask("GET", f"/v1/identities/{A}").json()
    assert [row["status"] for row in rows] == ["TRUSTED_UNVERIFIED", "UNTRUSTED"]
    path, trust = f"/v1/identities/{A}/trust/{B}", {"trust_all_known_keys": True}
    assert hooked.ask("PUT", path, json=trust).status_code == 204
    assert hooked.ours.drain()
    assert hook.envelopes("dataMessage")[-1]["dataMessage"]["message"] == "it is me"
    hooked.timestamp(hooked.send(B))


def test_case_39_trust_by_the_safety_number(wire: Wire) -> None:
    wire.send(B)
    phone = wire.ours.people.change_key(B)
    path = f"/v1/identities/{A}/trust/{phone.uuid}"
    wrong = wire.ask("PUT", path, json={"verified_safety_number": "1" * 60})
    assert wire.error(wrong).startswith("Failed to set the trust for this number")
    right = {"verified_safety_number": phone.safety_number(phone.key)}
    assert wire.ask("PUT", path, json=right).status_code == 204
    wire.timestamp(wire.send(B))
