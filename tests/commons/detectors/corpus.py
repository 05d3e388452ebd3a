"""The corpus: 500 texts, half of them clean; `{kind:...}` marks what has to be found."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.detectors import Finding, Kind

FILE = Path(__file__).with_name("corpus.csv")
MARK = re.compile(r"\{(\w+):(.*?)\}")
ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True)
class Mark:
    kind: Kind
    start: int
    end: int

    def meets(self, finding: Finding) -> bool:
        same = self.kind == finding.kind
        return same and finding.start < self.end and self.start < finding.end


@dataclass(frozen=True)
class Sample:
    language: str
    before: bool
    text: str
    marks: tuple[Mark, ...]

    def missed(self, findings: Sequence[Finding]) -> list[Mark]:
        return [m for m in self.marks if not any(m.meets(f) for f in findings)]

    def spurious(self, findings: Sequence[Finding]) -> list[Finding]:
        return [f for f in findings if not any(m.meets(f) for m in self.marks)]


def sample(language: str, before: bool, written: str) -> Sample:
    written = ESCAPE.sub(lambda match: chr(int(match[1], 16)), written)
    text, marks, at = "", [], 0
    for match in MARK.finditer(written):
        text += written[at : match.start()]
        marks.append(Mark(Kind(match[1]), len(text), len(text) + len(match[2])))
        text, at = text + match[2], match.end()
    return Sample(language, before, text + written[at:], tuple(marks))


def read() -> list[Sample]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return [sample(row["language"], row["before"] == "true", row["text"]) for row in rows]
