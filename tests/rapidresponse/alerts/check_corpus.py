"""The corpus of the message check: half of it written before the check, half after it.

`after` was written and kept before it was measured; `later`, `last` and `round1` to `round7`
likewise, each when the rules had been widened for what the one before had shown. `border` holds
good texts that share words with bad ones.
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidresponse.alerts.check import Objection, Verdict, check

FILE = Path(__file__).with_name("check_corpus.csv")
ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True)
class Sample:
    language: str
    bad: bool
    rule: str
    half: str
    audience: str
    agency_confirmed: bool
    text: str


Check = Callable[[Sample], Sequence[Objection]]


def read() -> list[Sample]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return [
            Sample(
                row["language"],
                row["verdict"] == "bad",
                row["rule"],
                row["half"],
                row["audience"],
                row["agency_confirmed"] == "yes",
                ESCAPE.sub(lambda match: chr(int(match[1], 16)), row["text"]),
            )
            for row in csv.DictReader(lines)
        ]


def checked(sample: Sample) -> tuple[Objection, ...]:
    return check(
        sample.text,
        audience=sample.audience,
        certainty="confirmed" if sample.agency_confirmed else "likely",
        agency_confirmed=sample.agency_confirmed,
    )


def refusals(sample: Sample, using: Check = checked) -> set[str]:
    return {o.rule for o in using(sample) if o.verdict == Verdict.REFUSE}


def recall(samples: Iterable[Sample], using: Check = checked) -> float:
    bad = [s for s in samples if s.bad]
    return sum(bool(refusals(s, using)) for s in bad) / len(bad)


def false_alarms(samples: Iterable[Sample], using: Check = checked) -> float:
    good = [s for s in samples if not s.bad]
    return sum(bool(refusals(s, using)) for s in good) / len(good)
