"""Serving public pages ahead of everything else: no routing, no session, no cookie.

When hundreds of phones open a link at once, each is given bytes that lie ready in memory. They
are held against the table once a second, by one thread, while the others go on serving.
"""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import PeeweeException
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from commons import clock, crypto, i18n
from commons.database import connection
from commons.web.security import HEADERS
from rapidresponse.alerts import drawing
from rapidresponse.alerts.models import AlertPage
from rapidresponse.alerts.public_page import form
from rapidresponse.alerts.public_page.service import PATH

AGAIN = dt.timedelta(seconds=1)
MOST_KEPT = 64  # alerts; a page takes a few kilobytes a language
_PAGE = "public, max-age=15"
_STYLE = "public, max-age=31536000, immutable"
_LONGEST_HEADER = 200
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")

Start = Callable[..., Any]
Environ = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """Bytes that lie ready, with their head; `packed` for whoever takes gzip."""

    status: str
    packed: bytes
    etag: str
    head: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawn:
    """The page of an alert in one language."""

    fresh: Answer
    late: Answer
    late_from: float
    ends_at: dt.datetime | None

    def at(self, now: dt.datetime) -> Answer:
        """Return what to serve now."""
        return self.late if now.timestamp() > self.late_from else self.fresh


@dataclass(frozen=True)
class Pages:
    """All languages of one alert's page, as they were when they were last looked at."""

    seen_at: dt.datetime
    mark: frozenset[Any]
    languages: Mapping[str, Drawn]


class Lane:
    """A WSGI application before another: answers what is public, and hands on all the rest."""

    def __init__(self, app: Any, *, secure: bool) -> None:
        """Stand before `app`; `secure` says that people reach us over https."""
        self._app = app
        self._secure = (("Strict-Transport-Security", "max-age=31536000"),) if secure else ()
        self._pages: dict[str, Pages] = {}
        self._looking = threading.Lock()

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer GET and HEAD of pages that there are."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(PATH) and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            found = self._find(path[len(PATH) :], environ)
            if found is not None:
                return _served(found, environ, start_response)
        handed_on: Iterable[bytes] = self._app(environ, start_response)
        return handed_on

    def _find(self, rest: str, environ: Environ) -> Answer | None:
        if f"{PATH}{rest}" == drawing.style_path():
            return _style(self._secure)
        token, _, tag = rest.partition("/")
        if not _TOKEN.fullmatch(token):
            return None
        pages, now = self._known(token), clock.now()
        if pages is None or not pages.languages:
            return None
        names = tuple(pages.languages)
        if tag:
            language = i18n.pick(tag, names)
        else:
            language = _wanted(environ.get("HTTP_ACCEPT_LANGUAGE", "")[:_LONGEST_HEADER], names)
        if language is None:
            return None
        drawn = pages.languages[language]
        if drawn.ends_at is not None and now >= drawn.ends_at:
            return _ended(drawing.spoken(language), self._secure)
        return drawn.at(now)

    def _known(self, token: str) -> Pages | None:
        known = self._pages.get(token)
        if known is not None and dt.timedelta() <= clock.now() - known.seen_at < AGAIN:
            return known
        # The first to come looks; whoever has something to show meanwhile shows that.
        if not self._looking.acquire(blocking=known is None):
            return known
        try:
            return self._look(token, self._pages.get(token))
        except PeeweeException:
            return known
        finally:
            self._looking.release()

    def _look(self, token: str, known: Pages | None) -> Pages | None:
        now = clock.now()
        mark = _mark(token)
        if not mark:
            self._pages.pop(token, None)
            return None
        same = known is not None and known.mark == mark
        languages = known.languages if known and same else _drawn(token, self._secure)
        if len(self._pages) >= MOST_KEPT:
            self._pages.pop(next(iter(self._pages)), None)
        self._pages[token] = Pages(now, mark, languages)
        return self._pages[token]


def _mark(token: str) -> frozenset[Any]:
    """Return what changes whenever a page is drawn anew."""
    columns = (AlertPage.id, AlertPage.language, AlertPage.made_at, AlertPage.ends_at)
    with connection():
        rows: Any = AlertPage.select(*columns).where(_has(token)).tuples()
        return frozenset(rows)


def _drawn(token: str, secure: tuple[tuple[str, str], ...]) -> dict[str, Drawn]:
    with connection():
        rows = list(AlertPage.select().where(_has(token)).order_by(AlertPage.language))
    return {row.language: _ready(row, secure) for row in rows}


def _has(token: str) -> Any:
    return AlertPage.token_hash == crypto.token_hash(token)


def _ready(row: AlertPage, secure: tuple[tuple[str, str], ...]) -> Drawn:
    kept = form.unpack(bytes(row.body))
    tag = drawing.words_language(row.language).tag
    extra = (*secure, ("Content-Language", tag), ("Vary", "Accept-Language, Accept-Encoding"))
    fresh, late = (_answer("200 OK", packed, _PAGE, extra) for packed in (kept.fresh, kept.late))
    return Drawn(fresh, late, kept.late_from, row.ends_at)


@functools.cache
def _style(secure: tuple[tuple[str, str], ...]) -> Answer:
    extra = (*secure, ("Vary", "Accept-Encoding"))
    return _answer("200 OK", drawing.packed(drawing.style()), _STYLE, extra, "text/css")


@functools.cache
def _ended(language: str, secure: tuple[tuple[str, str], ...]) -> Answer:
    with i18n.use(language):
        page = drawing.draw("alerts/public/ended.html", message="page_ended")
    extra = (*secure, ("Vary", "Accept-Language, Accept-Encoding"))
    return _answer("404 Not Found", drawing.packed(page), "no-store", extra)


def _answer(
    status: str,
    packed: bytes,
    keeping: str,
    extra: tuple[tuple[str, str], ...],
    mimetype: str = "text/html",
) -> Answer:
    etag = f'W/"{hashlib.sha256(packed).hexdigest()[:16]}"'
    given = {"Content-Type": f"{mimetype}; charset=utf-8", "Cache-Control": keeping, "ETag": etag}
    return Answer(status, packed, etag, (*given.items(), *HEADERS.items(), *extra))


@functools.lru_cache(maxsize=256)
def _wanted(header: str, names: tuple[str, ...]) -> str:
    """Return which of the languages that there are a browser wants; else English, else any."""
    for tag, _quality in parse_accept_header(header, LanguageAccept):
        found = i18n.pick(tag, names)
        if found:
            return found
    return i18n.pick(i18n.DEFAULT, names) or names[0]


def _served(found: Answer, environ: Environ, start_response: Start) -> Iterable[bytes]:
    if found.status.startswith("200") and found.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", list(found.head))
        return ()
    body, encoding = found.packed, [("Content-Encoding", "gzip")]
    if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body, encoding = gzip.decompress(body), []
    start_response(found.status, [*found.head, *encoding, ("Content-Length", str(len(body)))])
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)
