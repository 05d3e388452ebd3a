"""What the simulated gateway knows: phones, messages, failure plans and waiting envelopes.

Pure Python without HTTP. Everything that changes it holds `lock`; nothing sleeps inside it.
"""

from __future__ import annotations

import base64
import random
import threading
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

from .envelopes import Notification
from .phones import Group, Message, Phone, Plan, phone_from, uuid_for
from .settings import SimulatorSettings

Outlet = Callable[[Notification, float], None]
Kept = Phone | Message | Group | None
Keeper = Callable[[str, str, Kept], None]


class UnknownPhoneError(LookupError):
    """Raised when no phone has the number, username or uuid asked for."""


class State:
    """The memory of one simulated gateway with one or more accounts."""

    def __init__(
        self,
        accounts: Iterable[str],
        settings: SimulatorSettings,
        *,
        seed: int = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Begin empty; `seed` decides every random choice, `clock` gives seconds since 1970."""
        self.lock = threading.RLock()
        self.accounts = list(accounts)
        self.settings = settings
        self.random = random.Random(seed)  # noqa: S311 - repeatable, nothing secret
        self.clock = clock
        self.phones: dict[str, Phone] = {}
        self.messages: list[Message] = []
        self.groups: dict[str, Group] = {}
        self.waiting: dict[str, deque[Notification]] = defaultdict(deque)
        self.arrived = threading.Condition(self.lock)
        self.calls: Counter[str] = Counter()
        self.outlet: Outlet = lambda notification, _delay: self.queue(notification)
        self.keep: Keeper = lambda _kind, _key, _thing: None
        self._references: dict[str, str] = {}
        self._threads: dict[str, list[Message]] = defaultdict(list)
        self._by_timestamp: dict[int, list[Message]] = defaultdict(list)
        self._last_stamp = 0
        self._phone_stamps: dict[str, int] = {}

    # -- time ---------------------------------------------------------------

    def stamp(self) -> int:
        """The next timestamp in milliseconds; no two are alike."""
        with self.lock:
            self._last_stamp = max(int(self.clock() * 1000), self._last_stamp + 1)
            return self._last_stamp

    def phone_stamp(self, phone: Phone, delay: float = 0.0) -> int:
        """The time on a phone, `delay` seconds from now; no two of one phone are alike."""
        with self.lock:
            now = int((self.clock() + delay) * 1000)
            stamp = max(now, self._phone_stamps.get(phone.uuid, 0) + 1)
            self._phone_stamps[phone.uuid] = stamp
            return stamp

    # -- phones -------------------------------------------------------------

    def put_phone(self, values: dict[str, Any]) -> Phone:
        """Enter a phone, or change the named properties of a known one.

        Raises ValueError without a number, username or uuid, or for a property it does not have.
        """
        unknown = set(values) - set(Phone.__dataclass_fields__) - {"failure"}
        if unknown:
            raise ValueError(f"A phone has no {', '.join(sorted(unknown))}.")
        reference = values.get("number") or values.get("username") or values.get("uuid")
        if not isinstance(reference, str):
            raise ValueError("A phone needs a number.")
        with self.lock:
            present = self.find(reference)
            base = present.as_dict() if present else {"uuid": uuid_for(reference)}
            phone = phone_from({**base, **values})
            if present is not None and phone.uuid != present.uuid:
                raise ValueError("The uuid of a phone does not change.")
            if "failure" in values:
                phone.plan = plan_from(values["failure"])
            return self._enter(phone)

    def find(self, reference: str) -> Phone | None:
        """The phone with this number, username or uuid."""
        with self.lock:
            key = self._references.get(reference.replace(" ", ""), reference.lower())
            return self.phones.get(key)

    def phone(self, reference: str) -> Phone:
        """As `find`, but raises UnknownPhoneError."""
        found = self.find(reference)
        if found is None:
            raise UnknownPhoneError(reference)
        return found

    def find_or_make(self, reference: str) -> Phone | None:
        """The phone, made on the fly unless `strict` is on; None when it is not on Signal."""
        with self.lock:
            found = self.find(reference)
            if found is not None or self.settings.strict:
                return found
            plain = reference.replace(" ", "")
            if plain.startswith("+"):
                return self._enter(Phone(uuid=uuid_for(plain), number=plain))
            try:
                return self._enter(Phone(uuid=str(uuid.UUID(plain))))
            except ValueError:
                return self._enter(Phone(uuid=uuid_for(plain), username=plain))

    def plan(self, reference: str, mode: Plan) -> Phone:
        """Set how the next sends to a phone go; the phone is made when it is not known."""
        with self.lock:
            phone = self.find(reference) or self.put_phone({"number": reference})
            phone.plan = mode
            self.keep("phone", phone.uuid, phone)
            return phone

    def changed(self, phone: Phone) -> None:
        """Tell the keeper that a phone is not what it was."""
        self.keep("phone", phone.uuid, phone)

    def _enter(self, phone: Phone) -> Phone:
        self.phones[phone.uuid] = phone
        for reference in (phone.number, phone.username):
            if reference:
                self._references[reference] = phone.uuid
        self.changed(phone)
        return phone

    # -- messages -----------------------------------------------------------

    def record(self, phone: Phone, *, account: str, to_phone: bool, **rest: Any) -> Message:
        """Write down a message to or from a phone."""
        with self.lock:
            message = Message(
                id=len(self.messages) + 1,
                phone=phone.uuid,
                reference=phone.reference,
                account=account,
                to_phone=to_phone,
                **rest,
            )
            phone.met = True
            self._file(message)
            self.keep("message", str(message.id), message)
            return message

    def thread(self, phone: Phone) -> list[Message]:
        """The messages to and from one phone, oldest first."""
        with self.lock:
            return list(self._threads.get(phone.uuid, ()))

    def last(self, phone: Phone) -> Message | None:
        """The newest message the phone can show."""
        with self.lock:
            for message in reversed(self._threads.get(phone.uuid, ())):
                if message.arrived:
                    return message
            return None

    def with_timestamp(self, timestamp: int) -> list[Message]:
        """Every message that carries this timestamp."""
        with self.lock:
            return list(self._by_timestamp.get(timestamp, ()))

    def altered(self, message: Message) -> None:
        """Tell the keeper that a message is not what it was."""
        self.keep("message", str(message.id), message)

    def _file(self, message: Message) -> None:
        self.messages.append(message)
        self._threads[message.phone].append(message)
        self._by_timestamp[message.timestamp].append(message)

    # -- envelopes ----------------------------------------------------------

    def emit(self, notification: Notification, delay: float = 0.0) -> None:
        """Hand an envelope to whatever carries it to the account, after `delay` seconds."""
        self.outlet(notification, delay)

    def queue(self, notification: Notification) -> None:
        """Let an envelope wait for the next poll of its account."""
        with self.arrived:
            self.waiting[notification["account"]].append(notification)
            self.arrived.notify_all()

    def take(self, account: str, count: int) -> list[Notification]:
        """Take up to `count` waiting envelopes, all of them when `count` is 0."""
        with self.lock:
            line = self.waiting[account]
            return [line.popleft() for _ in range(min(count or len(line), len(line)))]

    # -- the whole ----------------------------------------------------------

    def account_uuid(self, account: str) -> str:
        """The stable uuid of an account."""
        return uuid_for(account)

    def group_id(self) -> str:
        """A new internal group id: 32 seeded bytes in base64."""
        with self.lock:
            return base64.b64encode(self.random.randbytes(32)).decode()

    def counts(self) -> dict[str, Any]:
        """How much was sent: calls to the daemon, texts that arrived, and those per phone."""
        with self.lock:
            reached = [m for m in self.messages if m.to_phone and m.arrived]
            return {
                "calls": self.calls["send"],
                "sends": len(reached),
                "lost": sum(m.to_phone and not m.arrived for m in self.messages),
                "by_number": dict(Counter(m.reference for m in reached)),
                "webhook": {k[5:]: n for k, n in self.calls.items() if k.startswith("hook-")},
            }

    def clear(self) -> None:
        """Forget every phone, message, group and envelope."""
        with self.lock:
            for box in (self.phones, self._references, self._threads, self._by_timestamp):
                box.clear()
            self.messages.clear()
            self.groups.clear()
            self.waiting.clear()
            self.calls.clear()
            self.keep("clear", "", None)

    def load(self, kind: str, values: dict[str, Any]) -> None:
        """Take back a record that `keep` once wrote."""
        with self.lock:
            if kind == "phone":
                self._enter(phone_from(values))
            elif kind == "message":
                self._file(Message(**values))
                if values["to_phone"]:
                    self._last_stamp = max(self._last_stamp, int(values["timestamp"]))
            elif kind == "group":
                self.groups[values["internal_id"]] = Group(**values)


def plan_from(values: Any) -> Plan:
    """A plan from its JSON form: the mode alone, or an object with details.

    Raises ValueError for a mode or detail that does not exist.
    """
    if isinstance(values, str):
        values = {"mode": values}
    phone = phone_from({"uuid": "", "plan": _checked(values)})
    return phone.plan


def _checked(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict) or set(values) - set(Plan.__dataclass_fields__):
        raise ValueError("A failure has: " + ", ".join(Plan.__dataclass_fields__) + ".")
    return values
