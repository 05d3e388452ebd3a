"""The client says what it must to the gateway, and understands every shape of its answer."""

import dataclasses
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from commons.errors import Unavailable
from commons.messaging import gateway
from commons.messaging.gateway import Gateway, SimulatorOnly
from commons.messaging.outcomes import Kind
from commons.messaging.simulator import Simulator
from tests import builders
from tests.conftest import settings_for

ACCOUNT = "+12135550100"
ANA = "+13105550142"


@pytest.fixture(params=[("head", "json-rpc"), ("0.100", "json-rpc"), ("head", "normal")])
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    profile, mode = request.param
    with Simulator(profile=profile, mode=mode, account=ACCOUNT) as running:
        yield running


def test_both_shapes_of_an_answer_give_the_timestamp(simulator: Simulator) -> None:
    outcome = Gateway(simulator.url, ACCOUNT).send(ANA, "School is closed.")
    assert outcome.kind is Kind.SENT
    message = simulator.state.last(simulator.state.phone(ANA))
    assert message is not None
    assert (message.timestamp, message.text) == (outcome.timestamp, "School is closed.")


def test_what_a_person_typed_is_not_taken_for_style(simulator: Simulator) -> None:
    Gateway(simulator.url, ACCOUNT).send(ANA, "2*3 ~and~ `that`")
    message = simulator.state.last(simulator.state.phone(ANA))
    assert message is not None
    assert message.text == "2*3 ~and~ `that`"


@pytest.mark.parametrize(
    "recipient", ["--note-to-self", "", "alice.01", "group.QUFF", "12135550142"]
)
def test_only_numbers_and_account_ids_ever_reach_the_gateway(
    simulator: Simulator, recipient: str
) -> None:
    before = simulator.state.counts()["calls"]
    assert Gateway(simulator.url, ACCOUNT).send(recipient, "x").kind is Kind.OUR_FAULT
    assert not Gateway(simulator.url, ACCOUNT).trust(recipient)
    assert simulator.state.counts()["calls"] == before


@pytest.mark.parametrize("by_number", [True, False], ids=["number", "account id"])
def test_a_new_key_is_trusted_and_messages_go_again(simulator: Simulator, by_number: bool) -> None:
    client = Gateway(simulator.url, ACCOUNT)
    client.send(ANA, "Hello.")
    phone = simulator.people.change_key(ANA)
    assert client.send(ANA, "Lost.").reason == "key_changed"
    assert client.trust(ANA if by_number else phone.uuid)
    assert client.send(ANA, "Here again.").kind is Kind.SENT


def test_a_key_of_nobody_is_not_trusted(simulator: Simulator) -> None:
    assert not Gateway(simulator.url, ACCOUNT).trust("+13105550199")
    with pytest.raises(Unavailable):
        Gateway("http://127.0.0.1:9", ACCOUNT).trust(ANA)


def test_a_gateway_that_is_not_there_has_sent_nothing() -> None:
    away = Gateway("http://127.0.0.1:9", ACCOUNT)
    assert away.send(ANA, "x").kind is Kind.RETRY
    with pytest.raises(Unavailable):
        away.about()


def test_a_time_out_is_unknown_and_never_failed(simulator: Simulator) -> None:
    simulator.state.put_phone({"number": ANA, "failure": {"mode": "hang", "seconds": 1}})
    impatient = Gateway(simulator.url, ACCOUNT, read_seconds=0.2)
    assert impatient.send(ANA, "x").kind is Kind.UNKNOWN


class Foreign(BaseHTTPRequestHandler):
    """A gateway that is no simulator; it notes what it is asked."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_demonstration_says_nothing_to_a_real_gateway(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), Foreign)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        settings = settings_for(tmp_path, "sqlite:///x", gateway_url=url)
        found = gateway.gateway_of(settings)
        assert found.send(ANA, "x").kind is Kind.MISCONFIGURED
        with pytest.raises(Unavailable):
            found.receive()
        assert set(Foreign.asked) == {"/simulator/api/counts"}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_demonstration_speaks_to_the_simulator_and_an_installation_to_its_gateway(
    simulator: Simulator, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, "sqlite:///x", gateway_url=simulator.url)
    assert gateway.gateway_of(settings).send(ANA, "x").kind is Kind.SENT
    real = dataclasses.replace(settings, demonstration=False)
    assert not isinstance(gateway.gateway_of(real), SimulatorOnly)


def test_a_stray_line_of_log_does_not_lose_the_envelopes() -> None:
    body = b'INFO x\n[{"envelope":{"a":1},"account":"+1"},\nWARN {"envelope":{"b":2}}]'
    assert [row["envelope"] for row in gateway.salvage(body)] == [{"a": 1}, {"b": 2}]


def test_the_number_of_a_test_is_never_one_that_rings() -> None:
    assert all(builders.a_number(n)[5:10] == "55501" for n in range(2000))
