"""E-mail addresses and links, written plainly or around the corner."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commons.detectors.folding import Folded

_OPEN, _CLOSE = r"[\[(<{*_-]", r"[\])>}*_-]"
_ENDINGS = (
    "com|org|net|edu|gov|info|app|dev|biz|xyz|site|online|link|page|test|invalid|mx|gt|sv|hn|ni|cr"
    "|uk|ca|ly|gl|gg|tv|fm|io|gd|tk|tt|to|cc|example|localhost|cat|news|chat|social|group"
)
# Also words of everyday English or Spanish: a host by these only when a path follows.
_ENDINGS_ALSO_WORDS = "me|us|es|co|be|is|in|la|it|do|pe|so|de|ve|id|ai|no|at|to|se"
_MAIL_HOSTS = "gmail|hotmail|yahoo|outlook|icloud|live|aol|proton|protonmail|msn"
_AT = rf"(?:@|{_OPEN} ?(?:at|arroba|@) ?{_CLOSE}|arroba)"
_DOT = rf"(?:\.|{_OPEN} ?(?:dot|punto|\.) ?{_CLOSE}|dot|punto)"
_SPELT_DOT = rf"(?:{_OPEN} ?(?:dot|punto|\.) ?{_CLOSE}|dot|punto)"
_LOCAL = r"(?<![a-z0-9ñ])[a-z0-9ñ][a-z0-9ñ._%+\-]{0,63}"
_PART = r"[a-z0-9ñ][a-z0-9ñ\-]{0,62}"

_EMAIL = re.compile(
    rf"[^\s@\"'<>()\[\],;:]{{1,64}}@{_PART}(?:\.{_PART}){{1,6}}"
    rf"|{_LOCAL} ?{_AT} ?{_PART}(?: ?{_DOT} ?{_PART}){{0,3}} ?{_DOT} ?(?:{_ENDINGS})(?![a-z0-9])"
    rf"|{_LOCAL} at {_PART}(?: ?{_SPELT_DOT} ?{_PART}){{0,2}} ?{_SPELT_DOT} ?(?:{_ENDINGS})"
    rf"(?![a-z0-9])"
    rf"|{_LOCAL} ?(?:@|at|arroba|en) ?(?:{_MAIL_HOSTS}) ?(?:{_DOT}) ?[a-z]{{2,3}}(?![a-z0-9])"
    rf"|{_LOCAL} ?(?:@|arroba) ?(?:{_MAIL_HOSTS})(?![a-z0-9])"
)
_LINK = re.compile(
    r"(?<![a-z])(?:h(?:tt|xx)ps?|ftp|geo|signal|sgnl|tg|mailto) ?: ?/{0,2} ?[^\s]{3,500}"
    r"|(?<![a-z0-9])www[ .]{1,3}[a-z0-9-]{2,63}[ .]{1,3}(?:com|org|net|edu|gov)(?![a-z0-9])"
    r"|(?<![a-z0-9])www ?\. ?[a-z0-9][^\s]{2,300}"
    rf"|(?<![a-z0-9@])(?:{_PART}\.){{1,5}}(?:{_ENDINGS})(?![a-z0-9])(?:[:/?#][^\s]{{0,300}})?"
    rf"|(?<![a-z0-9@])(?:{_PART}\.){{1,5}}(?:{_ENDINGS_ALSO_WORDS})/[^\s]{{1,300}}"
    rf"|(?<![a-z0-9@]){_PART}(?: ?{_SPELT_DOT} ?{_PART}){{0,2}} ?{_SPELT_DOT} ?(?:{_ENDINGS})"
    rf"(?![a-z0-9])"
    rf"|(?<![a-z0-9@]){_PART} ?\. ?(?:com|org|net|edu|gov)(?![a-z0-9])"
    rf"|(?<![\d.])\d{{1,3}}(?:(?:\.| ?{_SPELT_DOT} ?)\d{{1,3}}){{3}}(?![\d.]?\d)"
)


def emails(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield e-mail addresses, with `at` and `dot`, `arroba` and `punto` spelt out as well."""
    if any(mark in folded.plain for mark in ("@", "at", "arroba")):
        yield from (match.span() for match in _EMAIL.finditer(folded.plain))


def links(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield links and host names, with `dot` or `punto` spelt out as well."""
    for match in _LINK.finditer(folded.plain):
        yield match.start(), match.start() + len(match[0].rstrip(".,;:!?)]}\"'"))
