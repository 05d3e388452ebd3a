"""The gateway's answers: HTTP shapes, and how a send's outcome is told per profile and mode."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .sending import RETRY_AFTER, Outcome, Reason, Result
from .settings import SimulatorSettings

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
LIFT = (
    ". Use the attached challenge tokens to lift the rate limit restrictions via the"
    " '/v1/accounts/{number}/rate-limit-challenge' endpoint."
)
LIMITED = "Failed to send message due to rate limiting"
UNTRUSTED = "Failed to send message due to untrusted identities"
FAILED = "Failed to send message"
NOISE = (
    "INFO  AccountHelper - The Signal protocol expects that incoming messages are"
    " regularly received.\n"
)
CAPTCHA = (
    'CAPTCHA proof required for sending to "{0}", available options "RECAPTCHA" with challenge'
    ' token "{1}", or wait "{2}" seconds.\n'
    "To get the captcha token, go to https://signalcaptchas.org/challenge/generate.html\n"
    "After solving the captcha, submit it with submitRateLimitChallenge."
)
SENTENCES = {
    Reason.UNREGISTERED: 'Unregistered user "{0}"',
    Reason.IDENTITY: 'Untrusted Identity for "{0}"',
    Reason.NETWORK: 'Network failure for "{0}"',
    Reason.RATE_LIMIT: 'Rate limit failure for "{0}"',
    Reason.NO_PREKEYS: 'No prekeys available for "{0}"',
}


@dataclass(slots=True)
class Answer:
    """One HTTP answer; `silence` (hang or reset) means that none is given."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    silence: str = ""


def as_json(status: int, value: Any) -> Answer:
    """A JSON answer in the gateway's spelling: compact, with < > & escaped."""
    return Answer(status, dump(value), JSON)


def error(text: str, status: int = 400) -> Answer:
    """An error in the usual shape."""
    return as_json(status, {"error": text})


def binding_error(text: str) -> Answer:
    """An error in reading the body: JSON under a text/plain header, as the gateway has it."""
    return Answer(400, dump({"error": text}), TEXT)


def dump(value: Any) -> bytes:
    """JSON as Go writes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign, escaped in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(sign, escaped)
    return text.encode()


def cli_error(text: str, settings: SimulatorSettings, status: int = 400) -> Answer:
    """A refusal of signal-cli: with its line end when its output is passed on whole."""
    return error(text if settings.json_rpc else text + "\n", status)


def send_answer(settings: SimulatorSettings, account: str, outcome: Outcome) -> Answer:
    """What the gateway makes of the outcome of a `/v2/send`."""
    if outcome.silence:
        return Answer(0, silence=outcome.silence)
    if outcome.limited_without_data and settings.json_rpc:
        return as_json(429, {"error": outcome.error + LIFT, "account": account})
    if outcome.error:
        return cli_error(outcome.error, settings)
    if outcome.nobody:
        return _nobody(settings, account, outcome)
    if outcome.failures and not settings.json_rpc and not settings.head:
        lines = "".join(f"{r.name}: {_sentence(r)}" for r in outcome.failures)
        return error(f"Failed to send (some) messages:{lines}{outcome.timestamp}".replace("\n", ""))
    sent = sent_object(settings, outcome)
    return as_json(201, [sent] if settings.head else sent)


def old_send_answer(settings: SimulatorSettings, account: str, outcome: Outcome) -> Answer:
    """The same for `/v1/send`: an object always, and 400 for a rate limit."""
    if not outcome.error and not outcome.silence and not outcome.nobody:
        return as_json(201, sent_object(settings, outcome))
    answer = send_answer(settings, account, outcome)
    return error(LIMITED) if answer.status == 429 else answer


def sent_object(settings: SimulatorSettings, outcome: Outcome) -> dict[str, Any]:
    """The body of a success, with the failures where the profile tells them."""
    sent: dict[str, Any] = {"timestamp": str(outcome.timestamp)}
    if settings.head and outcome.failures:
        sent["errors"] = {"recipients": [_told(result) for result in outcome.failures]}
    return sent


def _told(result: Result) -> dict[str, str]:
    known = {"number": result.number, "uuid": result.uuid, "reason": result.reason.value}
    return {name: value for name, value in known.items() if value}


def _nobody(settings: SimulatorSettings, account: str, outcome: Outcome) -> Answer:
    reasons = {result.reason for result in outcome.results}
    summary = FAILED
    if reasons == {Reason.IDENTITY}:
        summary = UNTRUSTED
    elif reasons == {Reason.RATE_LIMIT}:
        summary = LIMITED
    if not settings.json_rpc:
        return error(_transcript(settings, outcome, summary))
    if summary == LIMITED:
        tokens = list(dict.fromkeys(result.token for result in outcome.results))
        body = {"error": LIMITED + LIFT, "challenge_tokens": tokens, "account": account}
        return as_json(429, body)
    if summary == UNTRUSTED and settings.head:
        return error("Unable to complete request due to untrusted recipient keys")
    return error(summary)


def _transcript(settings: SimulatorSettings, outcome: Outcome, summary: str) -> str:
    """All that signal-cli printed, as the error text carries it in normal and native mode."""
    if not settings.head:
        lines = "".join(f"{r.name}: {_sentence(r)}\n" for r in outcome.failures)
        return f"Failed to send (some) messages:\n{lines}{outcome.timestamp}\n{summary}\n"
    results = []
    for result in outcome.results:
        row: dict[str, Any] = {
            "recipientAddress": {"uuid": result.uuid, "number": result.number, "username": None},
            "type": result.reason.value,
        }
        if result.reason is Reason.RATE_LIMIT and result.token:
            row |= {"token": result.token, "retryAfterSeconds": RETRY_AFTER}
        results.append(row)
    document = json.dumps({"timestamp": outcome.timestamp, "results": results})
    return f"{document}\n{NOISE}{summary}\n"


def _sentence(result: Result) -> str:
    if result.reason is Reason.RATE_LIMIT and result.token:
        return CAPTCHA.format(result.name, result.token, RETRY_AFTER)
    return SENTENCES[result.reason].format(result.name)
