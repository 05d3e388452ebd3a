"""Rules as data: what is sought in a text, when a rule holds, and what excuses a match."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.detectors.folding import Folded
from commons.detectors.wording import told_not_to

FILES = tuple(map(Path(__file__).with_name, ("rules.toml", "asks.toml")))
_EDGE, _END = r"(?<![a-z0-9ñ])", r"(?![a-z0-9ñ])"
_SENTENCE = re.compile(r"[.!?;](?= |$)")
_NEAR = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `no` tells that "do not" before a match takes it back.

    Of a `proper` name written in capitals only what follows can make something else.
    """

    key: str
    verdict: str
    when: frozenset[str]
    no: bool
    proper: bool
    found: re.Pattern[str]
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None

    def holds(self, circumstances: frozenset[str]) -> bool:
        """Say whether the rule holds in these circumstances."""
        return not self.when or bool(self.when & circumstances)

    def spans(self, folded: Folded) -> Iterator[tuple[int, int]]:
        """Yield where the rule is broken, in the folded text."""
        matches = list(self.found.finditer(folded.plain))
        told = told_not_to(folded, self.found) if self.no and matches else set()
        for match in matches:
            if match.start() not in told and not self._excused(folded, match):
                yield match.span()

    def _excused(self, folded: Folded, match: re.Match[str]) -> bool:
        plain = folded.plain
        start, end = sentence_around(plain, *match.span())
        if self.needs and not self.needs.search(plain, start, end):
            return True
        if self.unless and self.unless.search(plain, start, end):
            return True
        if self.after and self.after.match(plain, match.end()):
            return True
        if not self.before or (self.proper and folded.cased[slice(*match.span())].isupper()):
            return False
        return bool(self.before.search(plain[max(0, match.start() - _NEAR) : match.start()]))


def sentence_around(plain: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence begins and ends that holds a stretch of the folded text."""
    begin = max((m.end() for m in _SENTENCE.finditer(plain, 0, start)), default=0)
    stop = _SENTENCE.search(plain, end)
    return begin, stop.start() if stop else len(plain)


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Return the rules, read and compiled once, when they are first needed."""
    files = [tomllib.loads(file.read_text(encoding="utf-8")) for file in FILES]
    lists: dict[str, str] = {}
    for raw in files:  # a list may use those above it
        for name, words in raw["lists"].items():
            lists[name] = _any(words, lists)
    return tuple(_rule(table, lists) for raw in files for table in raw["rules"])


def _rule(table: dict[str, Any], lists: dict[str, str]) -> Rule:
    def pattern(name: str, shape: str) -> re.Pattern[str] | None:
        return re.compile(shape % _any(table[name], lists)) if name in table else None

    found = pattern("found", f"{_EDGE}%s{_END}")
    if found is None:
        raise ValueError(table["key"])
    return Rule(
        key=table["key"],
        verdict=table["verdict"],
        when=frozenset(table.get("when", ())),
        no=table.get("no", False),
        proper=table.get("proper", False),
        found=found,
        needs=pattern("needs", f"{_EDGE}%s{_END}"),
        unless=pattern("unless", f"{_EDGE}%s{_END}"),
        before=pattern("before", f"{_EDGE}%s $"),
        after=pattern("after", f"[ -]%s{_END}"),
    )


def _any(patterns: Iterable[str], lists: dict[str, str]) -> str:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    for name, words in lists.items():
        joined = joined.replace(f"<{name}>", f"(?:{words})")
    return f"(?:{joined})"
