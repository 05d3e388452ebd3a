"""What an answer of the gateway means for one message to one recipient.

The rows are those of the gateway's contract, section 6, tried in order; error texts carry
log lines around them, so every pattern is searched for and never compared whole.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


class Kind(enum.StrEnum):
    """What sort of end a try came to."""

    SENT = "sent"
    UNKNOWN = "unknown"  # it may have gone
    RETRY = "retry"  # it has not gone, and may later
    REFUSED = "refused"  # this recipient cannot be reached so
    LIMITED = "limited"  # Signal limits the account; this one may have gone
    ACCOUNT_GONE = "gone"
    MISCONFIGURED = "setup"  # the gateway cannot send for anybody; nothing has gone
    OUR_FAULT = "fault"  # the request was wrong; asking again would not help
    RETURNED = "returned"  # the relay did not try


@dataclass(frozen=True)
class Outcome:
    """The end of one try; `after` is in seconds, `timestamp` Signal's id of the message."""

    kind: Kind
    reason: str = ""
    timestamp: int | None = None
    after: float = 0.0
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Rule:
    """A row of the contract: which answers it covers, and what they mean."""

    row: int
    statuses: tuple[int, ...]
    pattern: re.Pattern[str]
    outcome: Outcome


# Rows 1 and 2: no answer at all.
UNREACHABLE = Outcome(Kind.RETRY, "gateway_unreachable", after=1)
NO_ANSWER = Outcome(Kind.UNKNOWN, "no_answer")
CUT_OFF = Outcome(Kind.UNKNOWN, "cut_off")
STRANGE = Outcome(Kind.UNKNOWN, "strange_answer")
RETURNED = Outcome(Kind.RETURNED)

DOWN = Outcome(Kind.RETRY, "gateway_down", after=30)
LIMITED = Outcome(Kind.LIMITED, "limited")
GONE = Outcome(Kind.ACCOUNT_GONE, "account_gone")
UNREGISTERED = Outcome(Kind.REFUSED, "unregistered")
KEY_CHANGED = Outcome(Kind.REFUSED, "key_changed")
NETWORK = Outcome(Kind.RETRY, "network")
NO_PREKEYS = Outcome(Kind.RETRY, "no_prekeys", after=7200)
NOT_SENT = Outcome(Kind.RETRY, "not_sent", after=60)
FAULT = Outcome(Kind.OUR_FAULT, "refused_by_gateway")
TOO_OLD = Outcome(Kind.MISCONFIGURED, "gateway_too_old")
WRONG_SETUP = Outcome(Kind.MISCONFIGURED, "gateway_misconfigured")

# Rows 6 and 14: signal-cli's own word for what happened with a recipient.
REASONS: Mapping[str, Outcome] = {
    "UNREGISTERED_FAILURE": UNREGISTERED,
    "IDENTITY_FAILURE": KEY_CHANGED,
    "RATE_LIMIT_FAILURE": LIMITED,
    "NETWORK_FAILURE": NETWORK,
    "INVALID_PRE_KEY_FAILURE": NO_PREKEYS,
}
_OWN = "@OWN@"


def _rule(row: int, statuses: int | tuple[int, ...], pattern: str, outcome: Outcome) -> Rule:
    codes = (statuses,) if isinstance(statuses, int) else statuses
    return Rule(row, codes, re.compile(pattern), outcome)


# 201 (rows 5 and 6) and JSON inside the error (row 14) are read before these.
RULES = (
    _rule(3, 500, r"\A\s*\Z", DOWN),
    _rule(4, (502, 503, 504), "", Outcome(Kind.UNKNOWN, "proxy")),
    _rule(9, 429, "", LIMITED),
    _rule(23, 404, "404 page not found", WRONG_SETUP),
    # Before row 7, which has the same words about a recipient.
    _rule(17, 400, f"User {_OWN} is not registered", GONE),
    _rule(17, 400, r"Specified account does not exist|\[403\] Authorization failed|\[401\]", GONE),
    _rule(18, 400, "version is too old|StatusCode: 499|DeprecatedVersion", TOO_OLD),
    _rule(
        22,
        400,
        "Number not registered with JSON-RPC|executable file not found|Error loading state file",
        WRONG_SETUP,
    ),
    # Before row 16, whose words surround it.
    _rule(
        9,
        400,
        r"due to rate limiting|CAPTCHA proof required|Rate limit exceeded|\[413\]|\[429\]"
        r"|Rate limit failure|Rate limit reached",
        LIMITED,
    ),
    _rule(8, 400, "untrusted identities|untrusted recipient keys|Untrusted Identity", KEY_CHANGED),
    _rule(7, 400, "Unregistered user|is not registered", UNREGISTERED),
    _rule(11, 400, "No prekeys available", NO_PREKEYS),
    _rule(10, 400, "Network failure", NETWORK),
    _rule(15, 400, "process killed as timeout reached", Outcome(Kind.UNKNOWN, "gateway_timeout")),
    # With one recipient "some" is nobody or everybody; a timestamp says that it began.
    _rule(13, 400, r"Failed to send \(some\) messages:", Outcome(Kind.UNKNOWN, "partly_sent")),
    _rule(16, 400, r"Failed to send message: .*Exception", Outcome(Kind.UNKNOWN, "exception")),
    _rule(19, (400, 404), "Group not found|not a member in group|No group with that id", FAULT),
    _rule(20, 400, "not allowed to send message to group", FAULT),
    _rule(
        21,
        400,
        "Couldn't process request|Invalid identifier|Invalid Signal group size"
        "|cannot be specified together|cannot be sent to more than one group|illegal base64"
        "|Link Preview|Invalid phone number|Sending empty message|view_once"
        "|Username must contain",
        FAULT,
    ),
    # In JSON-RPC mode the reason is lost; signal-cli prints it alone, or after log lines.
    _rule(12, 400, r"(?m)^\s*Failed to send message\s*$", NOT_SENT),
)

_TOKEN = re.compile(r'challenge token \\?"([^"\\]+)')
_WAIT = re.compile(r'or wait \\?"?(\d+)')


def classify(status: int, body: bytes, account: str) -> Outcome:
    """Return what an answer to a send means; `account` is our own number."""
    text = body.decode(errors="replace")
    document = _json(text)
    if status in (200, 201):
        return _accepted(document)
    error = _error_text(document, text)
    if status == 400 and (found := _inner_result(error)):
        return found
    for rule in RULES:
        if status in rule.statuses and _search(rule.pattern, error, account):
            return _with_details(rule.outcome, document, error)
    return STRANGE


def _search(pattern: re.Pattern[str], text: str, account: str) -> bool:
    if _OWN in pattern.pattern:
        return pattern.pattern.replace(_OWN, account) in text
    return pattern.search(text) is not None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _error_text(document: Any, text: str) -> str:
    if isinstance(document, dict) and "error" in document:
        return str(document["error"])
    return text


def _accepted(document: Any) -> Outcome:
    """Read a success: an array of one since July 2026, an object before."""
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if not isinstance(document, dict):
        return STRANGE
    errors = document.get("errors")
    failed = errors.get("recipients") if isinstance(errors, dict) else None
    if isinstance(failed, list) and failed:
        reason = failed[0].get("reason") if isinstance(failed[0], dict) else ""
        return REASONS.get(str(reason), STRANGE)
    stamp = str(document.get("timestamp", ""))
    if not stamp.isdigit() or len(stamp) > 15:
        return STRANGE
    return Outcome(Kind.SENT, timestamp=int(stamp))


def _inner_result(error: str) -> Outcome | None:
    """Read signal-cli's JSON where normal and native mode put it inside the error text."""
    start = error.find("{")
    if start < 0 or '"results"' not in error:
        return None
    try:
        document, _ = json.JSONDecoder().raw_decode(error, start)
        result = document["results"][0]
        found = REASONS.get(str(result["type"]))
    except (ValueError, LookupError, TypeError):
        return None
    if found is LIMITED:
        wait = result.get("retryAfterSeconds") or 0
        return replace(LIMITED, token=str(result.get("token") or ""), after=float(wait))
    return found


def _with_details(outcome: Outcome, document: Any, error: str) -> Outcome:
    if outcome.kind is not Kind.LIMITED:
        return outcome
    tokens = document.get("challenge_tokens") if isinstance(document, dict) else None
    # An empty string among the tokens means that there is no challenge (row 30).
    token = next((str(one) for one in tokens or () if one), "")
    found, wait = _TOKEN.search(error), _WAIT.search(error)
    return replace(
        outcome,
        token=token or (found.group(1) if found else ""),
        after=float(wait.group(1)) if wait else 0.0,
    )
