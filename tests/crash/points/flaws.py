"""Bad workers of our own making: the harness must catch each of them, or it proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from commons.messaging import claims, doorbell, outbox, recovery
from commons.messaging.models import Message, MessageState
from commons.messaging.statements import run


def _after_claim(state: MessageState) -> None:
    take = claims.Claims.claim

    def claim(self: claims.Claims, *given: Any) -> Any:
        errands, dropped = take(self, *given)
        ids = [errand.id for errand in errands]
        Message.update(state=state).where(Message.id.in_(ids)).execute()
        return errands, dropped

    claims.Claims.claim = claim  # type: ignore[method-assign]


def mark_first() -> None:
    """Write "sent" before sending: a crash in between loses a message without a word."""
    _after_claim(MessageState.SENT)


def send_first() -> None:
    """Send without having claimed: a crash forgets what has gone, and sends it anew, unmarked."""
    _after_claim(MessageState.QUEUED)
    claims._SENT = claims._SENT.replace("state IN ('sending'", "state IN ('queued', 'sending'")


def second_copy() -> None:
    """Take doubt for failure: what was in hand goes again, as often as it takes."""

    def take_over(_now: object, _wait: object) -> int:
        return int(run("UPDATE message SET state = 'queued' WHERE state = 'sending'").rowcount)

    recovery.take_over = take_over


def overtake() -> None:
    """Let newer words go while older ones are in doubt: their repeat would come last."""
    claims.outstanding = lambda *_: []  # type: ignore[assignment]


def leave_waiting() -> None:
    """Take nothing back when newer words end an alert: old ones go to people who hear no end."""
    outbox.overtake = lambda *_: 0


def write_aside() -> None:
    """Write without a transaction: such a write has no point, and nobody would be killed there."""

    def ring() -> None:
        Message.update(reason=Message.reason).execute()

    doorbell.ring = ring


FLAWS: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "mark-first": mark_first,
    "send-first": send_first,
    "second-copy": second_copy,
    "overtake": overtake,
    "leave-waiting": leave_waiting,
    "write-aside": write_aside,
}


def plant(name: str) -> None:
    """Plant a flaw in this process, which will not outlive it."""
    FLAWS[name]()
