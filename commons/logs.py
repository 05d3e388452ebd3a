"""Logs carry event kinds and random ids: never a name, a number or a text.

The redacting filter is a second net, for what a library may write about an address.
"""

from __future__ import annotations

import contextvars
import logging
import re

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")

_PERSONAL = re.compile(
    r"\+?\d[\d\s().-]{7,}\d"  # anything shaped like a telephone number
    r"|[\w.+-]+@[\w-]+\.[\w.]+"  # an e-mail address
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"  # a Signal account id
)


def redact(text: str) -> str:
    """Return the text with everything shaped like a number or an address taken out."""
    return _PERSONAL.sub("[redacted]", text)


class RedactingFormatter(logging.Formatter):
    """Formats a record and redacts the whole line, traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the redacted line."""
        head = f"{self.formatTime(record)} {record.levelname} {record.name} {request_id.get()}"
        record.message = record.getMessage()
        line = redact(record.message)
        if record.exc_info:
            line += "\n" + redact(self.formatException(record.exc_info))
        return f"{head} {line}"


def set_up(level: str = "INFO") -> None:
    """Send every logger through the redacting formatter to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(datefmt="%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # urllib3 writes the full path of every call, which holds the account's number.
    logging.getLogger("urllib3").setLevel(logging.WARNING)
