"""The simulator's memory and the people behind its phones, without HTTP."""

from typing import Any

import pytest

from commons.messaging.simulator.looks import card, filtered, when
from commons.messaging.simulator.orders import SendOrder
from commons.messaging.simulator.people import People
from commons.messaging.simulator.phones import Failure, Plan
from commons.messaging.simulator.sending import Sender
from commons.messaging.simulator.settings import SimulatorSettings
from commons.messaging.simulator.state import State, UnknownPhoneError, plan_from
from commons.messaging.simulator.styled import parse

A, B, C = "+12135550100", "+12135550122", "+12135550133"


@pytest.fixture
def state() -> State:
    made = State([A], SimulatorSettings(), clock=lambda: 1_800_000_000.0)
    made.emitted = []  # type: ignore[attr-defined]
    made.outlet = lambda notification, delay: made.emitted.append((notification, delay))  # type: ignore[attr-defined]
    return made


@pytest.fixture
def people(state: State) -> People:
    return People(state)


def send(state: State, people: People, *numbers: str) -> int:
    order = SendOrder(number=A, recipients=list(numbers), message="hello")
    return Sender(state, people, lambda _seconds: None).carry_out(order).timestamp


def emitted(state: State) -> list[dict[str, Any]]:
    return [notification["envelope"] for notification, _ in state.emitted]  # type: ignore[attr-defined]


def test_the_uuid_of_a_number_is_stable(state: State) -> None:
    other = State([A], SimulatorSettings())
    assert state.put_phone({"number": B}).uuid == other.put_phone({"number": B}).uuid


def test_a_phone_keeps_what_is_not_changed(state: State) -> None:
    state.put_phone({"number": B, "name": "Front desk", "language": "es"})
    phone = state.put_phone({"number": B, "site": "Lincoln"})
    assert (phone.name, phone.language, phone.site) == ("Front desk", "es", "Lincoln")
    assert len(state.phones) == 1


@pytest.mark.parametrize("values", [{}, {"number": B, "colour": "red"}, {"name": "x"}])
def test_a_phone_that_cannot_be_entered(state: State, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        state.put_phone(values)


def test_an_unknown_phone_is_named(state: State) -> None:
    with pytest.raises(UnknownPhoneError):
        state.phone(B)


def test_timestamps_go_up_when_the_clock_stands_still(state: State) -> None:
    stamps = [state.stamp() for _ in range(5)]
    assert stamps == sorted(set(stamps))


def test_sending_marks_the_phone_and_schedules_a_receipt(state: State, people: People) -> None:
    timestamp = send(state, people, B)
    [(notification, delay)] = state.emitted  # type: ignore[attr-defined]
    assert notification["envelope"]["receiptMessage"]["timestamps"] == [timestamp]
    assert 0.02 <= delay <= 0.15
    assert state.counts()["by_number"] == {B: 1}


def test_reading_tells_all_timestamps_at_once(state: State, people: People) -> None:
    stamps = [send(state, people, B), send(state, people, B)]
    people.read(B)
    people.read(B)
    reads = [e for e in emitted(state) if e.get("receiptMessage", {}).get("isRead")]
    assert [read["receiptMessage"]["timestamps"] for read in reads] == [stamps]


def test_a_phone_goes_through_its_states(state: State, people: People) -> None:
    phone = state.put_phone({"number": B})
    seen = [card(state, phone).state]
    send(state, people, B)
    seen.append(card(state, phone).state)
    people.read(B)
    seen.append(card(state, phone).state)
    people.say(B, "1")
    seen.append(card(state, phone).state)
    state.plan(B, Plan(Failure.HANG))
    seen.append(card(state, phone).state)
    assert seen == ["nothing", "arrived", "read", "answered", "failing"]


def test_a_crowd_is_repeatable_and_no_larger_than_asked(state: State, people: People) -> None:
    numbers = [f"+1213555{number:04d}" for number in range(100, 130)]
    send(state, people, *numbers)
    everyone = list(state.phones.values())
    assert people.crowd("read", 10, everyone) == 10
    assert people.crowd("read", 100, everyone) == 20
    assert people.crowd("react", 5, everyone) == 5
    assert people.crowd("reply", 100, everyone) == 30


def test_filters(state: State) -> None:
    state.put_phone({"number": B, "name": "Front desk", "site": "Lincoln", "language": "fa"})
    state.put_phone({"number": C, "site": "Hoover", "failure": "unregistered"})
    for wanted in ({"site": "Lincoln"}, {"language": "fa"}, {"search": "desk"}, {"search": B}):
        assert [phone.number for phone in filtered(state, wanted)] == [B]
    assert [phone.number for phone in filtered(state, {"state": "failing"})] == [C]


def test_persian_and_arabic_run_from_right_to_left(state: State) -> None:
    for language, direction in (("fa", "rtl"), ("ar", "rtl"), ("es", "ltr")):
        assert card(state, state.put_phone({"number": B, "language": language})).direction == (
            direction
        )


@pytest.mark.parametrize("values", ["sulking", {"mode": "ok", "colour": 1}, 3])
def test_a_failure_that_does_not_exist(values: object) -> None:
    with pytest.raises(ValueError):
        plan_from(values)


@pytest.mark.parametrize(
    "values", [{"colour": 1}, {"strict": "yes"}, {"profile": "0.1"}, {"mode": "x"}]
)
def test_settings_that_do_not_exist(values: dict[str, object]) -> None:
    settings = SimulatorSettings()
    with pytest.raises(ValueError):
        settings.change({"latency_ms": 5, **values})
    assert settings.latency_ms == 0


@pytest.mark.parametrize(
    ("text", "plain", "styles"),
    [
        ("2*3", "23", []),
        ("**bold** *it*", "bold it", ["0:4:BOLD", "5:2:ITALIC"]),
        ("\\*not\\* 😀 **b2**", "*not* 😀 b2", ["9:2:BOLD"]),
        ("***bi***", "bi", ["0:2:BOLD", "0:2:ITALIC"]),
        ("||s|| `m` ~x~", "s m x", ["0:1:SPOILER", "2:1:MONOSPACE", "4:1:STRIKETHROUGH"]),
    ],
)
def test_styled_text(text: str, plain: str, styles: list[str]) -> None:
    assert parse(text) == (plain, styles)


def test_times_are_said_in_words() -> None:
    words, machine = when(1_700_000_000_000)
    assert words.split(",")[0].endswith(("am", "pm"))
    assert machine.startswith("2023-11-1")
