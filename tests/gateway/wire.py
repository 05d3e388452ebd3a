"""A gateway as a client meets it, and what the cases ask of it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from commons.messaging.simulator import Simulator

A = os.environ.get("FAROLITO_GATEWAY_ACCOUNT", "+12135550100")
B = os.environ.get("FAROLITO_GATEWAY_RECIPIENT", "+12135550122")
C = "+12135550133"
SHAPES = [("head", "json-rpc"), ("head", "normal"), ("0.100", "json-rpc"), ("0.100", "normal")]


@dataclass
class Wire:
    """A gateway as a client meets it, and the simulator behind it when it is ours."""

    url: str
    profile: str
    mode: str
    simulator: Simulator | None = None

    @property
    def json_rpc(self) -> bool:
        return self.mode.startswith("json-rpc")

    @property
    def head(self) -> bool:
        return self.profile == "head"

    @property
    def ours(self) -> Simulator:
        """The simulator; skips the case when the gateway is a real one."""
        if self.simulator is None:
            pytest.skip("needs a fault that only the simulator can make")
        return self.simulator

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        return requests.request(method, self.url + path, **{"timeout": 5, **options})

    def send(self, *recipients: str, message: str = "hello", **more: Any) -> requests.Response:
        body = {"number": A, "recipients": list(recipients), "message": message, **more}
        return self.ask("POST", "/v2/send", json=body)

    def send_within(self, seconds: float, *recipients: str) -> requests.Response:
        """As `send`, for a client that waits only so long."""
        body = {"number": A, "recipients": list(recipients), "message": "hello"}
        return self.ask("POST", "/v2/send", json=body, timeout=seconds)

    def error(self, response: requests.Response, status: int = 400) -> str:
        assert response.status_code == status, response.text
        return str(response.json()["error"])

    def timestamp(self, response: requests.Response) -> int:
        """The message id of a success, in either shape."""
        assert response.status_code == 201, response.text
        body = response.json()
        return int((body[0] if isinstance(body, list) else body)["timestamp"])

    def fail(self, number: str, mode: str, **details: Any) -> None:
        control = self.ours.url + "/simulator/api/failure"
        values = {"number": number, "mode": mode, **details}
        assert requests.post(control, json=values, timeout=5).status_code == 204

    def arrived(self, number: str) -> list[str]:
        """The texts that reached a phone."""
        phone = self.ours.state.find(number)
        thread = self.ours.state.thread(phone) if phone else []
        return [message.text for message in thread if message.to_phone and message.arrived]


def wires(profile: str, mode: str, **options: Any) -> Iterator[Wire]:
    with Simulator(
        profile=profile,
        mode=mode,
        account=A,
        receipt_delay_min_ms=0,
        receipt_delay_max_ms=0,
        **options,
    ) as simulator:
        yield Wire(simulator.url, profile, mode, simulator)


def real_gateway() -> Wire | None:
    url = os.environ.get("FAROLITO_GATEWAY_URL")
    if not url:
        return None
    about = requests.get(url + "/v1/about", timeout=5).json()
    profile = "head" if about["version"] > "0.100" else "0.100"
    return Wire(url.rstrip("/"), profile, about["mode"])
