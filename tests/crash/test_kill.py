"""The relay is killed with -9 in the middle of 300 and started again: everyone is accounted for."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commons.database import database
from commons.messaging import outbox
from commons.messaging.models import Message, MessageState
from commons.messaging.outbox import Recipient
from commons.messaging.simulator import Simulator
from commons.roster.models import ContactMethod
from tests import builders
from tests.conftest import KEYS

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 300
# Signal's receipt takes this long at most here; a real one is given a minute.
WAIT = 0.6


@contextlib.contextmanager
def a_relay(
    folder: Path, url: str, gateway: str, flaw: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FAROLITO_")},
        "FAROLITO_DATA": str(folder),
        "FAROLITO_DATABASE_URL": url,
        "FAROLITO_KEYS": KEYS.text(),
        "FAROLITO_PUBLIC_URL": "https://farolito.test",
        "FAROLITO_GATEWAY_URL": gateway,
        "FAROLITO_GATEWAY_ACCOUNT": "+12135550100",
        "FAROLITO_RECEIVE": "webhook",
        "FAROLITO_WEBHOOK_SECRET": "x" * 22,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.crash.relay_process", flaw, str(WAIT)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def database_url(engine: str) -> str:
    obj = database.obj
    if engine == "sqlcipher":
        return f"sqlcipher:///{obj.database}"
    given = obj.connect_params
    return f"postgresql://{given['user']}@{given['host']}:{given['port']}/{obj.database}"


def at_rest() -> bool:
    open_states = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)
    return not Message.select().where(Message.state.in_(open_states)).exists()


def killed_in_the_middle(engine: str, folder: Path, simulator: Simulator, flaw: str) -> None:
    """Let 300 go, kill the relay when a third has gone, start another, and wait for rest."""
    site = builders.a_site()
    people = [builders.a_person(site) for _ in range(PEOPLE)]
    methods = {row.person_id: row.id for row in ContactMethod.select()}
    recipients = [Recipient(p.id, methods[p.id], "a", "en", 10) for p in people]
    outbox.enqueue("crash:1", site.id, {("a", "en"): "School is closed."}, recipients)
    url = database_url(engine)
    with a_relay(folder, url, simulator.url, flaw) as process:
        assert until(lambda: len(simulator.state.messages) > PEOPLE // 3)
        process.send_signal(signal.SIGKILL)
        process.wait()
    time.sleep(0.1)  # what the gateway had in hand still goes
    with a_relay(folder, url, simulator.url, flaw):
        # A bad relay may never come to rest.
        until(at_rest, 1.5 if flaw else 15.0)


def faults(simulator: Simulator) -> list[str]:
    """What a person would complain of: not told, told too often, or told so wrongly."""
    copies: dict[str, list[str]] = {}
    for message in simulator.state.messages:
        copies.setdefault(message.reference, []).append(message.text)
    found = [f"told {len(copies)} of {PEOPLE}"] if len(copies) != PEOPLE else []
    for texts in copies.values():
        if len(texts) > 2:
            found.append("more than one repeat")
        if any(not text.startswith("(repeat)") for text in texts[1:]):
            found.append("a repeat that does not say so")
    states = Counter(row.state for row in Message.select(Message.state))
    if set(states) != {MessageState.SENT}:
        found.append(f"not accounted for: {states}")
    return found


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(latency_ms=30.0, automatic_receipts=False) as found:
        yield found


def test_everyone_is_accounted_for_after_a_kill(
    db: str, tmp_path: Path, simulator: Simulator
) -> None:
    killed_in_the_middle(db, tmp_path, simulator, "")
    assert faults(simulator) == []
    repeats = sum(m.text.startswith("(repeat)") for m in simulator.state.messages)
    assert repeats <= 24, "Only what was in hand may be repeated."


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
@pytest.mark.parametrize(
    ("flaw", "seen"),
    [("mark_sent_first", "told "), ("no_claim", "a repeat that does not say so")],
)
def test_the_check_sees_a_bad_relay(
    db: str, tmp_path: Path, simulator: Simulator, flaw: str, seen: str
) -> None:
    killed_in_the_middle(db, tmp_path, simulator, flaw)
    assert any(fault.startswith(seen) for fault in faults(simulator))


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_a_relay_that_is_asked_to_stop_ends_well(
    db: str, tmp_path: Path, simulator: Simulator
) -> None:
    with a_relay(tmp_path, database_url(db), simulator.url) as process:
        assert until((tmp_path / "relay.sock").exists)
        process.terminate()
        assert process.wait(10) == 0
