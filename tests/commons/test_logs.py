"""Logs hold no number, no address and no account id, whoever writes them."""

import logging

import pytest

from commons import logs


@pytest.mark.parametrize(
    "text", ["+12135550142", "(213) 555-0142", "213 555 0142", "ana@example.org",
             "3f1b2c4d-0000-4000-8000-123456789abc"],
)  # fmt: skip
def test_what_looks_like_a_person_is_taken_out(text: str) -> None:
    assert text not in logs.redact(f"sent to {text} at once")


def test_ids_and_counts_stay() -> None:
    assert logs.redact("alert 7h3KkPq 300 queued in 12 ms") == "alert 7h3KkPq 300 queued in 12 ms"


def test_a_traceback_is_redacted_too() -> None:
    try:
        raise ValueError("cannot send to +12135550142")
    except ValueError as error:
        record = logging.LogRecord("x", 40, "f", 1, "failed", (), (ValueError, error, None))
    assert "555" not in logs.RedactingFormatter().format(record)
