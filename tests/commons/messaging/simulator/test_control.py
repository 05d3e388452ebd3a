"""The control API, the file that keeps things, and the command line."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from commons.messaging.simulator import Simulator

A, B, C = "+12135550100", "+12135550122", "+12135550133"
ROOT = Path(__file__).parents[4]


class Remote:
    """The control API from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, method: str, path: str, values: Any = None, **more: Any) -> Any:
        response = requests.request(
            method, f"{self.url}/simulator/api{path}", json=values, timeout=5, **more
        )
        assert response.ok, response.text
        return response.json() if response.content else None

    def send(self, *numbers: str) -> None:
        body = {"number": A, "recipients": list(numbers), "message": "hello"}
        assert requests.post(self.url + "/v2/send", json=body, timeout=5).status_code == 201


@pytest.fixture
def remote() -> Iterator[Remote]:
    with Simulator(account=A) as simulator:
        yield Remote(simulator.url)


def test_phones_are_entered_and_listed(remote: Remote) -> None:
    remote("PUT", "/phones", [{"number": B, "name": "Front desk", "language": "es", "site": "L"}])
    [phone] = remote("GET", "/phones")
    assert (phone["number"], phone["name"], phone["state"]) == (B, "Front desk", "nothing")
    assert remote("GET", "/phones?site=M") == []


def test_a_conversation_by_remote_control(remote: Remote) -> None:
    remote.send(B, C)
    remote("POST", "/read", {"number": B})
    remote("POST", "/messages", {"number": B, "text": "1", "quote": True})
    remote("POST", "/reactions", {"number": C, "emoji": "👍"})
    remote("POST", "/typing", {"number": B})
    sent, reply = remote("GET", f"/messages?number=%2B{B[1:]}")
    assert sent["read"]
    assert sent["uuid"] == reply["uuid"]
    assert reply["quote_timestamp"] == sent["timestamp"]
    assert not reply["to_phone"]
    assert [m["text"] for m in remote("GET", f"/messages?since={reply['id'] - 1}")] == ["1"]
    assert {p["number"]: p["state"] for p in remote("GET", "/phones")} == {
        B: "answered",
        C: "answered",
    }


def test_counts_tell_what_arrived(remote: Remote) -> None:
    remote("POST", "/failure", {"number": C, "mode": "sent_but_never_delivered"})
    remote.send(B, C)
    counts = remote("GET", "/counts")
    assert (counts["calls"], counts["sends"], counts["lost"]) == (1, 1, 1)
    assert counts["by_number"] == {B: 1}


def test_a_crowd_settings_key_changes_and_forgetting(remote: Remote) -> None:
    remote.send(B, C)
    assert remote("POST", "/crowd", {"act": "reply", "count": 9}) == {"done": 2}
    assert remote("POST", "/settings", {"latency_ms": 5})["latency_ms"] == 5
    assert remote("POST", "/key-change", {"number": B})["key"] == 2
    assert remote("POST", "/drain") == {"drained": True}
    remote("DELETE", "")
    assert remote("GET", "/phones") == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/failure", {"number": B, "mode": "sulking"}, 422),
        ("/settings", {"colour": "red"}, 422),
        ("/read", {"number": B}, 404),
        ("/messages", [], 422),
        ("/nothing", {}, 404),
    ],
)
def test_what_does_not_fit_is_said(remote: Remote, path: str, body: Any, status: int) -> None:
    answer = requests.post(f"{remote.url}/simulator/api{path}", json=body, timeout=5)
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_another_site_may_not_control_the_phones(remote: Remote, headers: dict[str, str]) -> None:
    answer = requests.delete(f"{remote.url}/simulator/api", headers=headers, timeout=5)
    assert answer.status_code == 403


def test_refusing_for_a_while(remote: Remote) -> None:
    remote("POST", "/refuse", {"seconds": 0.2})
    time.sleep(0.12)
    with pytest.raises(requests.ConnectionError):
        remote("GET", "/counts")
    time.sleep(0.25)
    assert remote("GET", "/counts")["calls"] == 0


def test_a_restart_keeps_phones_and_messages(tmp_path: Path) -> None:
    file = tmp_path / "phones.db"
    with Simulator(account=A, state_file=file) as simulator:
        simulator.state.put_phone({"number": B, "name": "Front desk", "failure": "slow"})
        Remote(simulator.url).send(B)
        simulator.people.read(B)
        simulator.people.say(B, "1")
    with Simulator(account=A, state_file=file) as simulator:
        phone = simulator.state.phone(B)
        assert (phone.name, phone.plan.mode) == ("Front desk", "slow")
        assert [m.text for m in simulator.state.thread(phone)] == ["hello", "1"]
        assert simulator.state.thread(phone)[0].read
        simulator.people.say(B, "2")
        simulator.state.clear()
    with Simulator(account=A, state_file=file) as simulator:
        assert simulator.state.phones == {}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def begin(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "commons.messaging.simulator", *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_command_says_nothing_and_ends_cleanly() -> None:
    port = free_port()
    process = begin("--port", str(port), "--account", A, "--profile", "0.100")
    for _ in range(100):
        try:
            about = requests.get(f"http://127.0.0.1:{port}/v1/about", timeout=1).json()
            break
        except requests.ConnectionError:
            time.sleep(0.03)
    assert about["version"] == "0.100"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=5) == ("", "")
    assert process.returncode == 0


def test_the_command_says_when_its_port_is_taken() -> None:
    with Simulator(account=A) as simulator:
        process = begin("--port", str(simulator.port))
        _, said = process.communicate(timeout=5)
    assert process.returncode == 1
    assert f"cannot start on port {simulator.port}" in said
