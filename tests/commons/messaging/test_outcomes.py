"""Every row of the contract's section 6, as the gateway words it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from commons.messaging.gateway import Gateway, salvage
from commons.messaging.outcomes import RULES, Kind, classify
from commons.messaging.simulator import Failure, Plan, Simulator

OWN, THEIRS = "+12135550100", "+12135550101"
T = "1700000000001"
DETAIL = (
    '{"timestamp":1,"results":[{"recipientAddress":{},"type":"%s","token":"tok",'
    '"retryAfterSeconds":86400}]}\nINFO  x\nFailed to send message due to x\n'
)


def error(text: str, **more: Any) -> bytes:
    return json.dumps({"error": text, **more}).encode()


def failed(reason: str) -> bytes:
    body = {"timestamp": T, "errors": {"recipients": [{"number": THEIRS, "reason": reason}]}}
    return json.dumps([body]).encode()


ROWS = [
    (3, 500, b"", Kind.RETRY, "gateway_down"),
    (4, 502, b"<html>Bad gateway</html>", Kind.UNKNOWN, "proxy"),
    (4, 504, b"", Kind.UNKNOWN, "proxy"),
    (5, 201, b'[{"timestamp":"%s"}]' % T.encode(), Kind.SENT, ""),
    (5, 201, b'{"timestamp":"%s"}' % T.encode(), Kind.SENT, ""),
    (6, 201, failed("UNREGISTERED_FAILURE"), Kind.REFUSED, "unregistered"),
    (6, 201, failed("SOMETHING_NEW"), Kind.UNKNOWN, "strange_answer"),
    (7, 400, error(f'Unregistered user "{THEIRS}"'), Kind.REFUSED, "unregistered"),
    (7, 400, error(f"User {THEIRS} is not registered."), Kind.REFUSED, "unregistered"),
    (8, 400, error("Failed … due to untrusted identities\n"), Kind.REFUSED, "key_changed"),
    (8, 400, error("… due to untrusted recipient keys"), Kind.REFUSED, "key_changed"),
    (9, 429, error("rate limiting", challenge_tokens=["tok"]), Kind.LIMITED, "limited"),
    (9, 400, error("Failed to send message due to rate limiting\n"), Kind.LIMITED, "limited"),
    (9, 400, error("Failed to send message: [429] Rate limit exceeded: 429 (RateLimitException)"
                   " (UnexpectedErrorException)"), Kind.LIMITED, "limited"),
    (10, 400, error(f'Network failure for "{THEIRS}"'), Kind.RETRY, "network"),
    (11, 400, error("Failed to send message: No prekeys available! (IOException), maybe…"),
     Kind.RETRY, "no_prekeys"),
    (12, 400, error("Failed to send message"), Kind.RETRY, "not_sent"),
    (12, 400, error("INFO  x\nFailed to send message\n"), Kind.RETRY, "not_sent"),
    (13, 400, error(f"Failed to send (some) messages:{THEIRS}: odd{T}"), Kind.UNKNOWN,
     "partly_sent"),
    (14, 400, error(DETAIL % "IDENTITY_FAILURE"), Kind.REFUSED, "key_changed"),
    (14, 400, error(DETAIL % "RATE_LIMIT_FAILURE"), Kind.LIMITED, "limited"),
    (15, 400, error("process killed as timeout reached"), Kind.UNKNOWN, "gateway_timeout"),
    (16, 400, error("Failed to send message: Connection closed (IOException)"), Kind.UNKNOWN,
     "exception"),
    (17, 400, error("Specified account does not exist"), Kind.ACCOUNT_GONE, "account_gone"),
    (17, 400, error(f"User {OWN} is not registered.\n"), Kind.ACCOUNT_GONE, "account_gone"),
    (17, 400, error(f"Error while checking account {OWN}: [403] Authorization failed!"),
     Kind.ACCOUNT_GONE, "account_gone"),
    (18, 400, error("signal-cli version is too old for the Signal-Server, please update."),
     Kind.MISCONFIGURED, "gateway_too_old"),
    (19, 400, error("Group not found: x"), Kind.OUR_FAULT, "refused_by_gateway"),
    (20, 400, error("User is not allowed to send message to group: x"), Kind.OUR_FAULT,
     "refused_by_gateway"),
    (21, 400, error("Couldn't process request - please provide a valid number"), Kind.OUR_FAULT,
     "refused_by_gateway"),
    (21, 400, error("Invalid phone number '1': x"), Kind.OUR_FAULT, "refused_by_gateway"),
    (22, 400, error('exec: "signal-cli": executable file not found in $PATH'), Kind.MISCONFIGURED,
     "gateway_misconfigured"),
    (23, 404, b"404 page not found", Kind.MISCONFIGURED, "gateway_misconfigured"),
    (0, 201, b"", Kind.UNKNOWN, "strange_answer"),
    (0, 201, b"[{", Kind.UNKNOWN, "strange_answer"),
    (0, 302, b"", Kind.UNKNOWN, "strange_answer"),
    (0, 418, b"\xff\xfe", Kind.UNKNOWN, "strange_answer"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "status", "body", "kind", "reason"), ROWS)
def test_an_answer_means_what_the_contract_says(
    row: int, status: int, body: bytes, kind: Kind, reason: str
) -> None:
    found = classify(status, body, OWN)
    assert (found.kind, found.reason) == (kind, reason)


def test_every_row_has_a_rule_and_a_case() -> None:
    told = {row for row, *_ in ROWS}
    assert set(range(3, 24)) <= told
    assert {rule.row for rule in RULES} | {5, 6, 14} == set(range(3, 24))


def test_the_timestamp_of_a_success_is_kept() -> None:
    assert classify(201, b'[{"timestamp":"%s"}]' % T.encode(), OWN).timestamp == int(T)


@pytest.mark.parametrize(
    ("status", "body", "token", "after"),
    [
        (429, error("x", challenge_tokens=["", "tok"]), "tok", 0),
        (429, error("x", challenge_tokens=[""]), "", 0),
        (429, error("x"), "", 0),
        (400, error(DETAIL % "RATE_LIMIT_FAILURE"), "tok", 86400),
        (400, error('CAPTCHA proof required … with challenge token "tok", or wait "86400" s'),
         "tok", 86400),
    ],
)  # fmt: skip
def test_a_limit_tells_its_challenge(status: int, body: bytes, token: str, after: int) -> None:
    found = classify(status, body, OWN)
    assert (found.token, found.after) == (token, after)


def test_a_token_is_not_shown() -> None:
    assert "tok" not in repr(classify(429, error("x", challenge_tokens=["tok"]), OWN))


@pytest.mark.parametrize("profile", ["head", "0.100"])
@pytest.mark.parametrize("mode", ["json-rpc", "normal"])
@pytest.mark.parametrize(
    ("plan", "kinds"),
    [
        (Plan(Failure.OK), {Kind.SENT}),
        (Plan(Failure.IDENTITY), {Kind.REFUSED}),
        (Plan(Failure.RATE_LIMITED, token="tok"), {Kind.LIMITED}),
        (Plan(Failure.RATE_LIMITED_WITHOUT_DATA), {Kind.LIMITED}),
        (Plan(Failure.UNREGISTERED), {Kind.REFUSED, Kind.RETRY}),
        (Plan(Failure.NETWORK), {Kind.RETRY}),
        (Plan(Failure.NO_PREKEYS), {Kind.RETRY}),
        (Plan(Failure.RESET), {Kind.UNKNOWN}),
        (Plan(Failure.HANG), {Kind.UNKNOWN}),
        (Plan(Failure.ERROR), {Kind.UNKNOWN}),
    ],
)
def test_the_simulator_is_understood(profile: str, mode: str, plan: Plan, kinds: set[Kind]) -> None:
    with Simulator(profile=profile, mode=mode, command_timeout_s=0.3) as simulator:
        simulator.state.plan(THEIRS, plan)
        gateway = Gateway(simulator.url, OWN, read_seconds=0.6)
        assert gateway.send(THEIRS, "hello").kind in kinds


def test_only_numbers_and_account_ids_reach_the_gateway() -> None:
    gateway = Gateway("http://127.0.0.1:9", OWN)
    for recipient in ("--note-to-self", "", "group.abc", "ana.01", THEIRS + "\n"):
        assert gateway.send(recipient, "x").kind is Kind.OUR_FAULT


def test_a_gateway_that_is_not_there_has_sent_nothing() -> None:
    outcome = Gateway("http://127.0.0.1:9", OWN).send(THEIRS, "x")
    assert (outcome.kind, outcome.reason) == (Kind.RETRY, "gateway_unreachable")


def test_envelopes_are_salvaged_from_between_log_lines() -> None:
    body = b'[WARN {odd} x,\n{"envelope":{"timestamp":1}},INFO y\n,{"envelope":{"timestamp":2}}]'
    assert [one["envelope"]["timestamp"] for one in salvage(body)] == [1, 2]
    assert salvage(b'[{"envelope":{}}]') == [{"envelope": {}}]
    assert salvage(b"nothing") == []
