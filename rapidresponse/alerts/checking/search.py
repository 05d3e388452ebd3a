"""The search: every rule, detector and measure over one cleaned text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from commons.detectors import Finding, Kind, find
from commons.detectors.disguises import disguises
from commons.detectors.folding import Folded, fold
from commons.detectors.wording import actions, statuses
from rapidresponse.alerts.checking import shape
from rapidresponse.alerts.checking.people import people
from rapidresponse.alerts.checking.rules import rules
from rapidresponse.alerts.checking.sentences import sentence_for

REFUSE, WARN = "refuse", "warn"
_READ_AT_MOST = 4000  # characters; whatever is longer is refused anyway
_OWN_SENTENCE = {Kind.CHILD: "person", Kind.ACTION: "action"}
_DISGUISED: tuple[tuple[Kind, Callable[[Folded], Iterator[tuple[int, int]]]], ...] = (
    (Kind.ACTION, actions),
    (Kind.STATUS, statuses),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing found: `text` is empty where it is about the whole."""

    rule: str
    verdict: str
    text: str
    sentence: Any


def faults(
    text: str, circumstances: frozenset[str], longest: int, own_host: str
) -> Iterator[Fault]:
    """Yield what is wrong with a cleaned text, each thing once."""
    seen: set[tuple[str, str]] = set()
    families = "families" in circumstances
    for fault in _all(text, circumstances, longest, own_host, families):
        if (fault.rule, fault.text) not in seen:
            seen.add((fault.rule, fault.text))
            yield fault


def _all(
    text: str, circumstances: frozenset[str], longest: int, own_host: str, families: bool
) -> Iterator[Fault]:
    for rule, verdict, stretch in _shape(text, longest):
        yield Fault(rule, verdict, stretch, sentence_for(rule, families))
    folded = fold(text[:_READ_AT_MOST])
    readings = (folded, *disguises(folded))
    yield from (_fault(finding) for finding in _detected(folded, readings, own_host))
    for rule, verdict, span in _worded(folded, readings, circumstances):
        yield Fault(rule, verdict, _stretch(folded, span), sentence_for(rule, families))


def _shape(text: str, longest: int) -> Iterator[tuple[str, str, str]]:
    if not text:
        yield "empty", REFUSE, ""
    if len(text) > longest:
        yield "long", REFUSE, ""
    yield from (("format", REFUSE, sign) for sign in shape.programs(text))
    if shape.shouts(text):
        yield "caps", WARN, ""
    if shape.exclaims(text):
        yield "exclaim", WARN, ""
    yield from (("abbreviation", WARN, letters) for letters in shape.abbreviations(text))
    yield from (("hard", WARN, sentence) for sentence in shape.long_sentences(text))


def _detected(folded: Folded, readings: Sequence[Folded], own_host: str) -> Iterator[Finding]:
    for finding in find(folded.given):
        if not (finding.kind == Kind.LINK and _is_own(finding.text, own_host)):
            yield finding
    for reading in readings[1:]:
        for kind, detector in _DISGUISED:
            for span in detector(reading):
                start, end = reading.place(*span)
                yield Finding(start, end, kind, folded.given[start:end])


def _fault(finding: Finding) -> Fault:
    own = _OWN_SENTENCE.get(finding.kind)
    sentence = sentence_for(own, families=False) if own else finding.kind.sentence()
    return Fault(own or finding.kind.value, REFUSE, finding.text, sentence)


def _worded(
    folded: Folded, readings: Sequence[Folded], circumstances: frozenset[str]
) -> Iterator[tuple[str, str, tuple[int, int]]]:
    for span in people(folded):
        yield "person", REFUSE, folded.place(*span)
    for rule in rules():
        if rule.holds(circumstances):
            for reading in readings:
                yield from (
                    (rule.key, rule.verdict, reading.place(*s)) for s in rule.spans(reading)
                )


def _stretch(folded: Folded, span: tuple[int, int]) -> str:
    return folded.given[slice(*span)]


def _is_own(link: str, own_host: str) -> bool:
    """Say whether a link goes to our own host, and to no other by way of its name."""
    if not own_host or "\\" in link:
        return False
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        plain = parts.username is None and parts.port in (None, 443)
    except ValueError:
        return False
    return plain and parts.scheme in ("https", "http") and parts.hostname == own_host.lower()
