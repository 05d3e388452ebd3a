"""One frozen Settings, read once from the environment, with every fault listed at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from commons.crypto import KeyRing
from commons.errors import ConfigurationError

PREFIX = "FAROLITO_"
KNOWN = frozenset(
    {
        "DATA", "DATABASE_URL", "KEY_FILE", "KEYS", "PUBLIC_URL", "GATEWAY_URL",
        "GATEWAY_ACCOUNT", "RECEIVE", "WEBHOOK_SECRET", "DEMONSTRATION", "LANGUAGES",
        "LOG_LEVEL", "IN_FLIGHT", "SIMULATOR_URL", "PROXIES",
    }
)  # fmt: skip
_E164 = re.compile(r"^\+[1-9]\d{7,14}$")


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations."""

    data: Path
    database_url: str
    keys: KeyRing = field(repr=False)
    public_url: str
    gateway_url: str
    gateway_account: str = field(repr=False)
    receive: str = "polling"
    webhook_secret: str = field(default="", repr=False)
    demonstration: bool = False
    simulator_url: str = ""
    languages: tuple[str, ...] = ("en", "es")
    log_level: str = "INFO"
    in_flight: int = 0
    proxies: int = 0  # how many reverse proxies of ours stand before the web

    @property
    def doorbell(self) -> Path:
        """Return the socket on which the web process wakes the relay."""
        return self.data / "relay.sock"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read every setting; raise ConfigurationError with all faults, not the first."""
        reader = _Reader(environment)
        values = reader.read()
        if reader.faults:
            raise ConfigurationError(reader.faults)
        return cls(**values)  # type: ignore[arg-type]


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the given environment over the lines of `farolito.env` in the data folder.

    The folder is FAROLITO_DATA, or `var` here; so the commands of an installation find the
    settings that it was started with.
    """
    file = Path(given.get("FAROLITO_DATA") or "var") / "farolito.env"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {**{name.strip(): value.strip() for name, value in pairs}, **given}


class _Reader:
    """Reads the settings one by one and gathers what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.values = {
            name.removeprefix(PREFIX): value.strip()
            for name, value in environment.items()
            # FAROLITO_TEST_* belongs to the test suite.
            if name.startswith(PREFIX) and not name.startswith(PREFIX + "TEST_")
        }
        self.faults: list[str] = [
            f"{PREFIX}{name} is not a setting of Farolito. Check its spelling."
            for name in sorted(self.values.keys() - KNOWN)
        ]

    def read(self) -> dict[str, object]:
        """Return the values by the names of Settings; faults are in `self.faults`."""
        data = self.folder()
        return {
            "data": data,
            "database_url": self.database_url(data),
            "keys": self.key_ring(),
            "public_url": self.url("PUBLIC_URL", "the address people type to reach this site"),
            "gateway_url": self.url("GATEWAY_URL", "the address of signal-cli-rest-api"),
            "gateway_account": self.account(),
            "receive": self.choice("RECEIVE", ("polling", "webhook"), "polling"),
            "webhook_secret": self.webhook_secret(),
            "demonstration": self.demonstration(),
            "simulator_url": self.values.get("SIMULATOR_URL", "").rstrip("/"),
            "languages": self.languages(),
            "log_level": self.choice("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR"), "INFO"),
            "in_flight": self.count("IN_FLIGHT", 256),
            "proxies": self.count("PROXIES", 5),
        }

    def demonstration(self) -> bool:
        """Return whether everything is invented; then the gateway must be the simulator."""
        on = self.choice("DEMONSTRATION", ("no", "yes"), "no") == "yes"
        host = urlsplit(self.values.get("GATEWAY_URL", "")).hostname or ""
        if on and host not in ("127.0.0.1", "localhost", "::1"):
            self.fault("GATEWAY_URL", "must be the simulator on this machine in a demonstration.")
        return on

    def fault(self, name: str, sentence: str) -> None:
        """Note one fault."""
        self.faults.append(f"{PREFIX}{name} {sentence}")

    def required(self, name: str, meaning: str) -> str:
        """Return a value that has no default."""
        value = self.values.get(name, "")
        if not value:
            self.fault(name, f"is missing. Set it to {meaning}.")
        return value

    def folder(self) -> Path:
        """Return the data folder, which must exist."""
        value = self.required("DATA", "the folder that holds this installation's data")
        path = Path(value)
        if value and not path.is_dir():
            self.fault("DATA", f"names {value}, which is not a folder. Create it first.")
        return path

    def database_url(self, data: Path) -> str:
        """Return where the data lives; an encrypted SQLite file unless told otherwise."""
        value = self.values.get("DATABASE_URL") or f"sqlcipher:///{data / 'farolito.db'}"
        if not value.startswith(("sqlcipher:///", "sqlite:///", "postgresql://")):
            self.fault(
                "DATABASE_URL", "must begin with sqlcipher:///, sqlite:/// or postgresql://."
            )
        return value

    def key_ring(self) -> KeyRing | None:
        """Return the keys from the environment or from the key file."""
        text, name = self.values.get("KEYS", ""), "KEYS"
        if not text:
            name = "KEY_FILE"
            path = self.values.get("KEY_FILE", "")
            if not path:
                self.fault("KEY_FILE", "is missing. Make one with: farolito keys new FILE.")
                return None
            try:
                text = Path(path).read_text(encoding="utf-8")
            except OSError as error:
                self.fault(name, f"names {path}, which cannot be read: {error.strerror}.")
                return None
        try:
            return KeyRing.parse(text)
        except ValueError as error:
            self.fault(name, f"does not hold a usable key ring: {error}")
            return None

    def url(self, name: str, meaning: str) -> str:
        """Return an http or https address without its trailing slash."""
        value = self.required(name, meaning)
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc):
            self.fault(name, f"is {value}, which is not an address beginning with http.")
        return value.rstrip("/")

    def account(self) -> str:
        """Return the relay's own Signal number."""
        value = self.required("GATEWAY_ACCOUNT", "the relay's Signal number, like +12135550100")
        if value and not _E164.match(value):
            self.fault("GATEWAY_ACCOUNT", "must be a number with + and country code.")
        return value

    def webhook_secret(self) -> str:
        """Return the secret in the webhook's path, required where a webhook is used."""
        value = self.values.get("WEBHOOK_SECRET", "")
        if self.values.get("RECEIVE") == "webhook" and len(value) < 22:
            self.fault("WEBHOOK_SECRET", "must have at least 22 random characters for a webhook.")
        return value

    def languages(self) -> tuple[str, ...]:
        """Return the languages offered on screen, the first being the default."""
        value = self.values.get("LANGUAGES", "en es")
        return tuple(value.replace(",", " ").split())

    def count(self, name: str, most: int) -> int:
        """Return a whole number; 0 where it is not set."""
        value = self.values.get(name, "0")
        if not value.isdigit() or int(value) > most:
            self.fault(name, f"must be a whole number from 0 to {most}.")
            return 0
        return int(value)

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of a few words."""
        value = self.values.get(name) or default
        if value not in allowed:
            self.fault(name, f"is {value}; it must be one of: {', '.join(allowed)}.")
        return value
