"""The switches of the whole simulated gateway, changeable while it runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

PROFILES = ("head", "0.100")
MODES = ("normal", "native", "json-rpc", "json-rpc-native")


@dataclass(slots=True)
class SimulatorSettings:
    """How the gateway behaves as a whole; times in the unit that the name ends with.

    `latency_ms` is spent per recipient. `strict` makes numbers nobody entered unregistered.
    `receipt_delay_*` bound the seeded delay of automatic delivery receipts.
    `command_timeout_s` kills a call in normal and native mode, as SIGNAL_CLI_CMD_TIMEOUT does.
    """

    profile: str = "head"
    mode: str = "json-rpc"
    webhook_url: str = ""
    latency_ms: float = 0.0
    strict: bool = False
    automatic_receipts: bool = True
    receipt_delay_min_ms: float = 20.0
    receipt_delay_max_ms: float = 150.0
    duplicate_receipts: bool = False
    daemon_down: bool = False
    account_gone: bool = False
    search_limited: bool = False
    command_timeout_s: float = 120.0
    trust_mode: str = "on-first-use"
    captcha: str = ""

    @property
    def json_rpc(self) -> bool:
        """Whether one daemon answers every call, and messages are pushed rather than polled."""
        return self.mode.startswith("json-rpc")

    @property
    def head(self) -> bool:
        """Whether the newest answer shapes are spoken."""
        return self.profile == "head"

    def change(self, values: dict[str, Any]) -> None:
        """Set the named switches.

        Raises ValueError for an unknown name, a value of another type or an unknown choice;
        then nothing is changed.
        """
        checked: dict[str, Any] = {}
        known = {item.name for item in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"There is no setting named {name}.")
            checked[name] = _like(getattr(self, name), value, name)
        if checked.get("profile", self.profile) not in PROFILES:
            raise ValueError("profile is one of " + ", ".join(PROFILES))
        if checked.get("mode", self.mode) not in MODES:
            raise ValueError("mode is one of " + ", ".join(MODES))
        for name, value in checked.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Every switch with its value."""
        return asdict(self)


def _like(present: object, value: object, name: str) -> object:
    """The value, if it has the type of the present one."""
    if isinstance(present, bool) or isinstance(value, bool):
        fits = isinstance(present, bool) and isinstance(value, bool)
    elif isinstance(present, float):
        fits = isinstance(value, int | float)
        value = float(value) if isinstance(value, int | float) else value
    else:
        fits = isinstance(value, str)
    if not fits:
        raise ValueError(f"{name} needs a value like {present!r}.")
    return value
