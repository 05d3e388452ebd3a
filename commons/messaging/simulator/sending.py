"""What signal-cli does with one send: one timestamp, then one recipient after another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from .orders import SendOrder, kind_of
from .people import People
from .phones import DELIVERED_ALL_THE_SAME, Failure, Message, Phone
from .state import State

RETRY_AFTER = 86400
NEXT_ATTEMPT = "Rate limit reached\nNext attempt may be tried at 2030-01-01T00:00:00.000Z"
USERNAME = re.compile(r"[A-Za-z_]\w{2,31}\.\d{2,9}")


class Reason(StrEnum):
    """How one recipient fared, in signal-cli's words."""

    SUCCESS = "SUCCESS"
    NETWORK = "NETWORK_FAILURE"
    UNREGISTERED = "UNREGISTERED_FAILURE"
    IDENTITY = "IDENTITY_FAILURE"
    RATE_LIMIT = "RATE_LIMIT_FAILURE"
    NO_PREKEYS = "INVALID_PRE_KEY_FAILURE"


REASONS = {
    Failure.UNREGISTERED: Reason.UNREGISTERED,
    Failure.IDENTITY: Reason.IDENTITY,
    Failure.RATE_LIMITED: Reason.RATE_LIMIT,
    Failure.RATE_LIMITED_WITHOUT_DATA: Reason.RATE_LIMIT,
    Failure.LIMITED_BUT_DELIVERED: Reason.RATE_LIMIT,
    Failure.NETWORK: Reason.NETWORK,
    Failure.NO_PREKEYS: Reason.NO_PREKEYS,
}


@dataclass(slots=True)
class Result:
    """The outcome for one recipient."""

    number: str | None
    uuid: str | None
    reason: Reason
    token: str = ""

    @property
    def name(self) -> str:
        """The recipient as signal-cli writes it in sentences."""
        return self.number or self.uuid or ""


@dataclass(slots=True)
class Outcome:
    """The outcome of one call; `error` is a refusal of the whole, `silence` means no answer."""

    timestamp: int = 0
    results: list[Result] = field(default_factory=list)
    error: str = ""
    limited_without_data: bool = False
    silence: str = ""

    @property
    def failures(self) -> list[Result]:
        """The recipients it did not reach, as far as signal-cli knows."""
        return [result for result in self.results if result.reason is not Reason.SUCCESS]

    @property
    def nobody(self) -> bool:
        """Whether there were recipients and none was reached."""
        return bool(self.results) and len(self.failures) == len(self.results)


class Sender:
    """Carries out send orders against the simulated phones."""

    def __init__(self, state: State, people: People, pause: Callable[[float], None]) -> None:
        """`pause` waits the given seconds, and returns early when the simulator stops."""
        self.state = state
        self.people = people
        self.pause = pause

    def carry_out(self, order: SendOrder) -> Outcome:
        """Send to each recipient in turn; never raises for what a recipient does."""
        state = self.state
        with state.lock:
            state.calls["send"] += 1
            if refusal := self._refusal(order):
                return Outcome(error=refusal)
            recipients = self._recipients(order)
        outcome = Outcome(timestamp=state.stamp())
        # signal-cli waits for the next millisecond rather than use one twice.
        self.pause(min(0.005, max(0.0, outcome.timestamp / 1000 - state.clock())))
        for recipient in recipients:
            if state.settings.latency_ms:
                self.pause(state.settings.latency_ms / 1000)
            self._send_one(order, recipient, outcome)
            if outcome.error or outcome.silence:
                break
        return outcome

    def _refusal(self, order: SendOrder) -> str:
        settings = self.state.settings
        if settings.account_gone or order.number not in self.state.accounts:
            if settings.json_rpc:
                return "Specified account does not exist"
            return f"User {order.number} is not registered."
        if not (order.message or order.attachments or order.sticker or order.quote_timestamp):
            return (
                "Sending empty message is not allowed,"
                " either a message, attachment or sticker must be given."
            )
        if order.quote_timestamp and not order.quote_author:
            return "Quote author parameter is missing"
        for recipient in order.recipients:
            if kind_of(recipient) == "number" and 0 < len(re.sub(r"\D", "", recipient)) < 5:
                return f"Invalid phone number '{recipient}': The number is too short."
            if recipient == "":
                return "Invalid phone number '': The string supplied is empty."
        return self._group_refusal(order.group) if order.group else ""

    def _group_refusal(self, internal: str) -> str:
        group = self.state.groups.get(internal)
        if group is None:
            return f"Group not found: {internal}"
        if not group.account_member:
            return f"User is not a member in group: {group.name} ({internal})"
        if group.send_messages == "only-admins" and not group.account_admin:
            return f"User is not allowed to send message to group: {group.name} ({internal})"
        return ""

    def _recipients(self, order: SendOrder) -> list[Phone | str]:
        """The phones without repetition, in an order that is not the caller's."""
        if order.group:
            members = self.state.groups[order.group].members
            return [self.state.phones[key] for key in members if key in self.state.phones]
        found: dict[str, Phone | str] = {}
        for recipient in order.recipients:
            if kind_of(recipient) == "username" and not USERNAME.fullmatch(recipient):
                found[recipient] = recipient
                continue
            phone = self.state.find_or_make(recipient)
            found[phone.uuid if phone else recipient] = phone or recipient
        return [found[key] for key in sorted(found)]

    def _send_one(self, order: SendOrder, recipient: Phone | str, outcome: Outcome) -> None:
        if isinstance(recipient, str):
            number = recipient if recipient.startswith("+") else None
            outcome.results.append(Result(number, None, Reason.UNREGISTERED))
            return
        plan, mode = recipient.plan, self._mode(recipient)
        if mode is Failure.SLOW:
            self.pause(plan.seconds)
        with self.state.lock:
            reason = REASONS.get(mode, Reason.SUCCESS)
            lying = mode is Failure.SENT_BUT_NEVER_DELIVERED
            whole = mode in {Failure.HANG, Failure.RESET, Failure.ERROR}
            if mode in DELIVERED_ALL_THE_SAME or (reason is Reason.SUCCESS and not whole):
                self._deliver(order, recipient, outcome.timestamp, arrived=not lying)
        if mode is Failure.ERROR:
            outcome.error = plan.text
        elif mode is Failure.RATE_LIMITED_WITHOUT_DATA:
            outcome.error, outcome.limited_without_data = NEXT_ATTEMPT, True
        elif mode in {Failure.HANG, Failure.HANG_DELIVERED}:
            outcome.silence = "hang"
        elif mode in {Failure.RESET, Failure.RESET_DELIVERED}:
            outcome.silence = "reset"
        else:
            known = None if reason is Reason.UNREGISTERED else recipient.uuid
            outcome.results.append(Result(recipient.number, known, reason, plan.token))

    def _mode(self, phone: Phone) -> Failure:
        """The failure this send meets; a plan that runs for some sends only is counted down."""
        with self.state.lock:
            plan = phone.plan
            mode = plan.mode
            if mode is not Failure.OK and plan.times is not None:
                plan.times -= 1
                if plan.times < 0:
                    phone.plan.mode, phone.plan.times, mode = Failure.OK, None, Failure.OK
                self.state.changed(phone)
            if mode is Failure.OK and not phone.trusted:
                return Failure.IDENTITY
            return mode

    def _deliver(self, order: SendOrder, phone: Phone, at: int, *, arrived: bool) -> Message:
        message = self.state.record(
            phone,
            account=order.number,
            to_phone=True,
            timestamp=at,
            text=order.message,
            styles=order.styles,
            quote_timestamp=order.quote_timestamp,
            edit_timestamp=order.edit_timestamp,
            attachments=order.attachments,
            view_once=order.view_once,
            group=order.group,
            expires_in=phone.expires_in,
            arrived=arrived,
        )
        if arrived:
            self.people.deliver(phone, message)
        return message
