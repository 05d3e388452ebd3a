"""Pages for people without an account: whole in their own language, small, and without Flask.

They are drawn from the relay's own words, which are there in six languages, and share one small
style sheet: the tokens and a page of rules, in one file.
"""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import hashlib
import re
from pathlib import Path
from typing import Any

from commons import i18n
from commons.messaging.words import words
from rapidresponse.alerts.models import AckKind, AlertState

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
SHEETS = tuple(ROOT / "commons" / "static" / "css" / name for name in ("tokens.css", "public.css"))
# Whatever a page of ours weighs, with its style sheet (PRODUCT.md: a cracked phone in the sun).
MOST_BYTES = 14 * 1024
ANSWERS = {
    AckKind.RECEIVED: "answer_received",
    AckKind.SAFE: "answer_safe",
    AckKind.NEED_HELP: "answer_help",
}


@functools.cache
def _environment() -> Any:
    # On first use: the relay draws a page when a yes comes by Signal, and else never.
    from jinja2 import Environment, FileSystemLoader

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["style"] = style_path()
    return made


def draw(template: str, **values: object) -> str:
    """Return a page in the language in force."""
    locale = i18n.current()
    given = {"locale": i18n.language(locale), "say": words(locale).say}
    return str(_environment().get_template(template).render({**given, **values}))


def packed(page: str | bytes) -> bytes:
    """Return a page compressed; the same page always gives the same bytes."""
    return gzip.compress(page.encode() if isinstance(page, str) else page, mtime=0)


@functools.cache
def style() -> bytes:
    """Return the one style sheet of these pages, without its comments."""
    whole = "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", whole, flags=re.DOTALL)).encode()


@functools.cache
def style_path() -> str:
    """Return the address of the style sheet, which changes whenever it does."""
    return f"/p/{hashlib.sha256(style()).hexdigest()[:12]}.css"


def spoken(language: str) -> str:
    """Return the language in which a page speaks to somebody; English where we have no words."""
    return words(language).locale


def words_language(language: str) -> i18n.Language:
    """Return the language that a text says it is in; English stands first where there were none."""
    return i18n.language(spoken(language))


def moment_words(moment: dt.datetime, timezone: str) -> str:
    """Return a day and its time; never *today*, since a page may be read tomorrow."""
    return f"{i18n.day_words(moment, timezone)}, {i18n.time_words(moment, timezone)}"


def state_words(
    state: AlertState,
    ended_at: dt.datetime | None,
    due: dt.datetime | None,
    timezone: str,
    *,
    late: bool,
) -> str:
    """Return in a sentence or two how an alert stands; only a person ever ended one (I10)."""
    said = words(i18n.current())
    if state is AlertState.CLOSED and ended_at is not None:
        return said.say("page_over", time=moment_words(ended_at, timezone))
    if late and due is not None:
        return said.say("page_late", time=i18n.time_words(due, timezone))
    first = said.say("page_departed" if state is AlertState.DEPARTED else "page_live")
    if due is None:
        return first
    return f"{first} {said.say('page_next', time=i18n.time_words(due, timezone))}"
