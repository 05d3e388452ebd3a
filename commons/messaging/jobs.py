"""What the relay does from time to time, handed in by the composition root."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commons import clock
from commons.database import connection

log = logging.getLogger(__name__)
# At least every so many seconds the list is looked at.
LOOK = 1.0


@dataclass(frozen=True)
class Job:
    """Something to be run every so many seconds, with the present instant."""

    name: str
    every_seconds: float
    run: Callable[[dt.datetime], object]


class Schedule:
    """Runs jobs when they are due; one that fails is tried again at its next time."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        """Have every job due at once."""
        self.jobs = jobs
        self._due = dict.fromkeys((job.name for job in jobs), 0.0)

    def run_due(self) -> int:
        """Run what is due, and return how many jobs that were."""
        ran = 0
        for job in self.jobs:
            if self._due[job.name] <= clock.monotonic():
                # Set ahead first: a job that always fails must not be all that happens.
                self._due[job.name] = clock.monotonic() + job.every_seconds
                self._run(job)
                ran += 1
        return ran

    def run_until(self, ended: threading.Event) -> None:
        """Run what is due until the event is set; for a thread of its own."""
        while not ended.is_set():
            self.run_due()
            ended.wait(LOOK)

    def _run(self, job: Job) -> None:
        try:
            with connection():
                job.run(clock.now())
        except Exception:
            log.exception("The job %s failed; it is tried again later.", job.name)
