"""What the owners of the simulated phones do: read, reply, react, reinstall."""

from __future__ import annotations

from . import envelopes
from .envelopes import Notification
from .phones import Failure, Message, Phone, Plan
from .state import State


class People:
    """The acts of the phones' owners; each emits the envelope that signal-cli would report."""

    def __init__(self, state: State) -> None:
        """Act on the phones of this state."""
        self.state = state

    def deliver(self, phone: Phone, message: Message) -> None:
        """Send the automatic delivery receipt, one per device, after a seeded delay."""
        settings = self.state.settings
        if not settings.automatic_receipts:
            return
        copies = phone.devices * (2 if settings.duplicate_receipts else 1)
        for copy in range(copies):
            with self.state.lock:
                delay = self.state.random.uniform(
                    settings.receipt_delay_min_ms, settings.receipt_delay_max_ms
                )
            self.receive(phone, message, device=1 + copy % phone.devices, delay=delay / 1000)

    def receive(
        self, phone: Phone, message: Message, *, device: int = 1, delay: float = 0.0
    ) -> None:
        """Emit one delivery receipt."""
        at = self.state.phone_stamp(phone, delay)
        receipt = envelopes.receipt(
            phone, message.account, at, "delivery", [message.timestamp], device
        )
        self.state.emit(receipt, delay)

    def say(
        self,
        reference: str,
        text: str,
        *,
        quote_timestamp: int | None = None,
        account: str | None = None,
    ) -> Message:
        """Write a text to the account, quoting one of its messages if asked; made if not known.

        From a phone whose new key is not trusted, the account gets an exception and the text
        waits until it is.
        """
        state = self.state
        with state.lock:
            phone = state.find(reference) or state.put_phone({"number": reference})
            to = account or self._account_of(phone)
            extra = {}
            if quote_timestamp is not None:
                quoted = self._text_at(quote_timestamp)
                extra["quote"] = envelopes.quote(
                    quote_timestamp, to, state.account_uuid(to), quoted
                )
            message = state.record(
                phone,
                account=to,
                to_phone=False,
                timestamp=state.phone_stamp(phone),
                text=text,
                quote_timestamp=quote_timestamp,
            )
            self._report(phone, envelopes.text(phone, to, message.timestamp, text, **extra))
            phone.profile_shared = True
            return message

    def react(
        self,
        reference: str,
        emoji: str = "👍",
        *,
        timestamp: int | None = None,
        remove: bool = False,
    ) -> Message | None:
        """React to a message of the account: the newest, or the one with this timestamp."""
        state = self.state
        with state.lock:
            phone = state.phone(reference)
            message = self._message(phone, timestamp)
            if message is None:
                return None
            message.reaction = "" if remove else emoji
            state.altered(message)
            part = envelopes.reaction(
                message.timestamp,
                message.account,
                state.account_uuid(message.account),
                emoji,
                remove=remove,
            )
            self._report(
                phone,
                envelopes.text(
                    phone, message.account, state.phone_stamp(phone), None, reaction=part
                ),
            )
            return message

    def read(self, reference: str, timestamps: list[int] | None = None) -> list[Message]:
        """Read everything that arrived, or only the named messages; one receipt for all.

        Emits nothing when the owner has read receipts off. Returns what was newly read.
        """
        state = self.state
        with state.lock:
            phone = state.phone(reference)
            unread = [
                m
                for m in state.thread(phone)
                if m.to_phone
                and m.arrived
                and not m.read
                and (timestamps is None or m.timestamp in timestamps)
            ]
            for message in unread:
                message.read = True
                state.altered(message)
            if unread and phone.read_receipts and phone.trusted:
                stamps = [m.timestamp for m in unread]
                at = state.phone_stamp(phone)
                state.emit(envelopes.receipt(phone, unread[-1].account, at, "read", stamps))
            return unread

    def type(self, reference: str, *, stop: bool = False) -> None:
        """Begin or stop typing."""
        with self.state.lock:
            phone = self.state.phone(reference)
            action = "STOPPED" if stop else "STARTED"
            account = self._account_of(phone)
            self.state.emit(envelopes.typing(phone, account, self.state.phone_stamp(phone), action))

    def change_key(self, reference: str, *, say: str | None = None) -> Phone:
        """Reinstall Signal: the safety number changes, and with `say` a text follows at once."""
        state = self.state
        with state.lock:
            phone = state.find(reference) or state.put_phone({"number": reference})
            phone.key += 1
            phone.met = True
            if state.settings.trust_mode == "always":
                phone.trusted_key = phone.key
            state.changed(phone)
            if say is not None:
                self.say(phone.reference, say)
            return phone

    def trust(self, phone: Phone, *, verified: bool = False) -> None:
        """Trust the phone's present key; what waited for it is reported now."""
        with self.state.lock:
            phone.trusted_key = phone.key
            phone.verified = verified
            if phone.plan.mode is Failure.IDENTITY:
                phone.plan = Plan()
            held, phone.held = phone.held, []
            self.state.changed(phone)
            for notification in held:
                self.state.emit(notification)

    def crowd(self, act: str, count: int, among: list[Phone], text: str = "1") -> int:
        """Let up to `count` owners who have not yet done so read, reply or react.

        `act` is read, reply or react. Returns how many did.
        """
        with self.state.lock:
            able = [phone for phone in among if self._could(act, phone)]
            self.state.random.shuffle(able)
            for phone in able[:count]:
                if act == "read":
                    self.read(phone.reference)
                elif act == "reply":
                    self.read(phone.reference)
                    self.say(phone.reference, text)
                else:
                    self.read(phone.reference)
                    self.react(phone.reference)
            return len(able[:count])

    def _could(self, act: str, phone: Phone) -> bool:
        last = self.state.last(phone)
        if last is None or not last.to_phone or last.deleted:
            return False
        return (
            (act == "read" and not last.read)
            or act == "reply"
            or (act == "react" and not last.reaction)
        )

    def _report(self, phone: Phone, notification: Notification) -> None:
        if phone.trusted and phone.plan.mode is not Failure.IDENTITY:
            self.state.emit(notification)
            return
        phone.held.append(notification)
        at = notification["envelope"]["timestamp"]
        self.state.emit(envelopes.untrusted(phone, notification["account"], at))

    def _account_of(self, phone: Phone) -> str:
        last = self.state.last(phone)
        return last.account if last else self.state.accounts[0]

    def _text_at(self, timestamp: int) -> str:
        sent = self.state.with_timestamp(timestamp)
        return next((message.text for message in sent if message.to_phone), "")

    def _message(self, phone: Phone, timestamp: int | None) -> Message | None:
        for message in reversed(self.state.thread(phone)):
            if message.to_phone and message.arrived and timestamp in (None, message.timestamp):
                return message
        return None
