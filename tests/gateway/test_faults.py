"""The gateway's contract, section 8, part two: silence, time-outs, and a daemon that is gone."""

import json
import socket
import time

import pytest
import requests

from tests.gateway.wire import A, B, C, Wire, wires


def raw_send(wire: Wire, number: str) -> socket.socket:
    """A send whose answer nobody waits for."""
    body = json.dumps({"number": A, "recipients": [number], "message": "hello"}).encode()
    connection = socket.create_connection(("127.0.0.1", wire.ours.port), timeout=5)
    head = f"POST /v2/send HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


def soon(test: object, seconds: float = 3.0) -> bool:
    """Whether something becomes true within some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if test():  # type: ignore[operator]
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(("mode", "arrives"), [("slow", True), ("hang", False)])
def test_case_51_the_command_timeout_kills_the_call(mode: str, arrives: bool) -> None:
    for wire in wires("head", "normal", command_timeout_s=0.2):
        wire.fail(B, mode, seconds=0.4)
        assert wire.error(wire.send(B)) == "process killed as timeout reached"
        assert soon(lambda wire=wire: wire.arrived(B), 0.6 if arrives else 0.0) is arrives


@pytest.mark.parametrize(("mode", "arrives"), [("hang", False), ("hang_delivered", True)])
def test_case_52_a_hanging_daemon_never_answers(daemon: Wire, mode: str, arrives: bool) -> None:
    daemon.fail(B, mode, times=1)
    with pytest.raises(requests.ReadTimeout):
        daemon.send_within(0.2, B)
    assert bool(daemon.arrived(B)) is arrives
    daemon.timestamp(daemon.send(B))


def test_case_53_a_daemon_that_is_gone(daemon: Wire) -> None:
    daemon.ours.crash_daemon(grace=0.3, refuse_for=0.3)
    response = daemon.send(B)
    assert (response.status_code, response.content) == (500, b"")
    assert daemon.ask("GET", "/v1/accounts").status_code == 500
    assert daemon.ask("GET", "/v1/health").status_code == 204

    def refused() -> bool:
        try:
            daemon.ask("GET", "/v1/health")
        except requests.ConnectionError:
            return True
        return False

    assert soon(refused)
    assert soon(lambda: not refused())
    daemon.timestamp(daemon.send(B))


def test_case_54_a_client_that_goes_away(wire: Wire) -> None:
    wire.fail(B, "slow", seconds=0.1)
    raw_send(wire, B).close()
    assert soon(lambda: wire.arrived(B))


@pytest.mark.parametrize("mode", ["reset", "reset_delivered"])
def test_a_connection_cut_after_the_request(daemon: Wire, mode: str) -> None:
    daemon.fail(B, mode)
    with pytest.raises(requests.ConnectionError):
        daemon.send(B)
    assert bool(daemon.arrived(B)) is (mode == "reset_delivered")


def test_case_55_limited_and_delivered_all_the_same(wire: Wire) -> None:
    wire.fail(B, "limited_but_delivered", token="")
    began = int(time.time() * 1000)
    response = wire.send(B)
    assert response.status_code == (429 if wire.json_rpc else 400)
    [message] = wire.ours.state.thread(wire.ours.state.phone(B))
    assert began <= message.timestamp <= int(time.time() * 1000) + 5


def test_a_message_that_is_said_to_be_sent_and_never_arrives(wire: Wire) -> None:
    wire.fail(B, "sent_but_never_delivered")
    wire.timestamp(wire.send(B))
    assert wire.arrived(B) == []
    assert wire.ours.state.counts()["lost"] == 1


@pytest.mark.parametrize(
    ("mode", "reason"),
    [("network", "NETWORK_FAILURE"), ("no_prekeys", "INVALID_PRE_KEY_FAILURE")],
)
def test_other_reasons(daemon: Wire, mode: str, reason: str) -> None:
    daemon.fail(C, mode)
    [sent] = daemon.send(B, C).json()
    assert sent["errors"]["recipients"][0]["reason"] == reason
    assert daemon.error(daemon.send(C)) == "Failed to send message"


def test_an_error_of_another_kind(wire: Wire) -> None:
    text = "Failed to send message: [429] Rate limit exceeded: 429 (RateLimitException)"
    wire.fail(B, "error", text=text)
    assert wire.error(wire.send(B)).rstrip("\n") == text


def test_a_failure_for_some_sends_only(wire: Wire) -> None:
    wire.fail(B, "network", times=2)
    codes = [wire.send(B).status_code for _ in range(3)]
    assert codes == [400, 400, 201]


def test_an_account_that_is_gone(wire: Wire) -> None:
    wire.ours.settings.account_gone = True
    error = wire.error(wire.send(B))
    gone = f"User {A} is not registered.\n"
    assert error == ("Specified account does not exist" if wire.json_rpc else gone)
    assert wire.ask("GET", "/v1/accounts").json() == []


def test_strict_numbers_are_unregistered_unless_they_are_entered(daemon: Wire) -> None:
    daemon.ours.settings.strict = True
    daemon.ours.state.put_phone({"number": B})
    assert "errors" in daemon.send(B, C).json()[0]
    assert daemon.arrived(B) == ["hello"]


def test_latency_is_spent_per_recipient(daemon: Wire) -> None:
    daemon.ours.settings.latency_ms = 50
    began = time.monotonic()
    daemon.send(B, C)
    assert time.monotonic() - began > 0.1


def test_normal_mode_serves_one_process_at_a_time(polled: Wire) -> None:
    polled.fail(B, "slow", seconds=0.2)
    with raw_send(polled, B):
        time.sleep(0.05)
        began = time.monotonic()
        polled.send(C)
        assert time.monotonic() - began > 0.1
