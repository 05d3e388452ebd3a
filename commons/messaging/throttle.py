"""How many messages one person may get in a while, as data, and when the next may go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from commons.messaging.outbox import ANSWER_PRIORITY


@dataclass(frozen=True)
class Limit:
    """At most `count` messages within `seconds`."""

    count: int
    seconds: int

    @property
    def span(self) -> dt.timedelta:
        """Return the length of the window."""
        return dt.timedelta(seconds=self.seconds)


# Per recipient. Healthchecks, which has sent by Signal for years, keeps to 6 a minute. Alerts
# and answers are counted apart, so that somebody who writes a lot still gets the alert. Each
# answer follows words of theirs, and nobody should wait a minute in the middle of joining.
ALERTS = Limit(6, 60)
ANSWERS = Limit(12, 60)
LONGEST = max(ALERTS.span, ANSWERS.span)


def limit_for(priority: int) -> Limit:
    """Return the limit that a message of this priority falls under."""
    return ANSWERS if priority <= ANSWER_PRIORITY else ALERTS


def may_send(history: Sequence[dt.datetime], now: dt.datetime, limit: Limit) -> dt.datetime:
    """Return when the next message may go: now, or when the window has room again."""
    recent = sorted(moment for moment in history if moment > now - limit.span)
    if len(recent) < limit.count:
        return now
    return recent[-limit.count] + limit.span
