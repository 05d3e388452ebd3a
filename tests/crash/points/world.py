"""What a scenario acts in: a database, a gateway, a clock that can be moved, and a journal."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from peewee import fn

from app import ENGINE, REPLY_HANDLERS, TIMERS
from commons import clock, crypto, database, i18n
from commons.errors import Conflict
from commons.messaging.gateway import Gateway
from commons.messaging.jobs import Job
from commons.messaging.models import Message, MessageState
from commons.messaging.relay import Relay
from rapidresponse.alerts import settings as alert_settings
from tests.conftest import KEYS, settings_for
from tests.crash.points.journal import Journal
from tests.crash.points.post import PlainRelay, WritingGateway

OPEN = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)
UNKNOWN_WAIT = dt.timedelta(seconds=60)
_now, _monotonic = clock.now, clock.monotonic


class World:
    """One run's surroundings, the same before a kill and after it."""

    def __init__(
        self,
        folder: Path,
        url: str,
        jobs: Sequence[Job] = (),
        simulator: tuple[str, str] = ("", ""),
    ) -> None:
        """Take a folder of the run's own; `simulator` is an address and the run's account there."""
        self.journal = Journal(folder / "journal")
        self.jobs = jobs
        self.simulator, account = simulator
        given = {"gateway_account": account} if account else {}
        self.settings = settings_for(folder, url, in_flight="2", receive="webhook",
                                     webhook_secret="x" * 22, **given)  # fmt: skip

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Be in this world: its database, its clock."""
        crypto.use(KEYS)
        i18n.speak(i18n.DEFAULT)
        alert_settings.use(demonstration=True)
        self.moved = sum(line["seconds"] for line in self.journal.lines("moved"))
        clock.now = lambda: _now() + dt.timedelta(seconds=self.moved)
        clock.monotonic = lambda: _monotonic() + self.moved
        database.open_database(self.settings)
        try:
            with database.connection():
                yield
        finally:
            database.database.obj.close_all()
            clock.now, clock.monotonic = _now, _monotonic

    def watch_writes(self) -> None:
        """Note every write that no transaction is around: it would have no point of its own."""
        engine, writes = database.database.obj, ("INSERT", "UPDATE", "DELETE")
        run = engine.execute_sql

        def execute_sql(sql: str, *given: Any, **named: Any) -> Any:
            if sql.lstrip()[:6].upper() in writes and not engine.in_transaction():
                self.journal.add("written aside", sql=sql.strip()[:60])
            return run(sql, *given, **named)

        engine.execute_sql = execute_sql

    def move(self, seconds: float) -> None:
        """Let time pass; it does not come back with a kill."""
        self.journal.add("moved", seconds=seconds)
        self.moved += seconds

    def answered(self, what: str, subject: object = "") -> None:
        """Note that somebody outside was told: it is done."""
        self.journal.add("answered", it=what, subject=subject, at=len(self.copies()))

    def was_answered(self, what: str) -> list[dict[str, Any]]:
        """Return what people were told of this kind, oldest first."""
        return [line for line in self.journal.lines("answered") if line["it"] == what]

    # -- sending ------------------------------------------------------------

    def relay(self) -> Relay:
        """Return a relay that has just been started."""
        kind, gateway = PlainRelay, WritingGateway(self.journal)
        if self.simulator:
            kind, gateway = Relay, Gateway(self.simulator, self.settings.gateway_account, 5.0)
        given = {"unknown_wait": UNKNOWN_WAIT, "may_begin": ENGINE.may_begin, "acts": TIMERS}
        return kind(gateway, self.settings, REPLY_HANDLERS, self.jobs, **given)

    def deliver(self) -> None:
        """Have a relay do what is due."""
        self.relay().once()

    def begin(self, turns: int) -> None:
        """Have a relay begin, and stop it while there is more to do."""
        relay = self.relay()
        if isinstance(relay, PlainRelay):
            relay.some(turns)
        else:
            relay.once()

    def to_rest(self) -> None:
        """Deliver and let time pass until nothing more will happen by itself."""
        for _minute in range(8):
            self.deliver()
            if not self.waiting():
                return
            self.move(61)

    def waiting(self) -> int:
        """Return how many messages are still to be sent, or in doubt."""
        return int(Message.select(fn.COUNT(Message.id)).where(Message.state.in_(OPEN)).scalar())

    def copies(self) -> list[dict[str, Any]]:
        """Return what has arrived on phones, in order: to whom and which words."""
        if not self.simulator:
            return self.journal.lines("sent")
        with urllib.request.urlopen(f"{self.simulator}/simulator/api/messages") as answer:
            found = json.load(answer)
        mine = [one for one in found if one["account"] == self.settings.gateway_account]
        return [{"to": m["number"], **m} for m in mine if m["to_phone"]]


@contextlib.contextmanager
def once_only() -> Iterator[None]:
    """Let somebody try again what may have been done: that it was, is no fault."""
    with contextlib.suppress(Conflict):
        yield
