"""Languages: catalogs, the locale in force, names and direction. The only door to Babel."""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import LazyProxy, NullTranslations, Translations

from commons import clock, effects

FOLDER = Path(__file__).with_name("translations")
DEFAULT = "en"
# Every language that an outgoing text or a screen may be in; a screen needs a catalog as well.
TAGS = ("en", "es", "ko", "zh_Hans", "hy", "fa", "vi", "fil", "ar", "ru")
# What browsers and rosters call them. Babel reads `tl` as `fil`, and refuses plain `zh-Hans`.
ALIASES = {
    "tl": "fil", "zh": "zh_Hans", "zh_cn": "zh_Hans", "zh_sg": "zh_Hans", "iw": "he",
    "prs": "fa", "spanish": "es", "english": "en", "korean": "ko", "chinese": "zh_Hans",
    "armenian": "hy", "farsi": "fa", "persian": "fa", "vietnamese": "vi", "tagalog": "fil",
    "filipino": "fil", "arabic": "ar", "russian": "ru",
}  # fmt: skip

# How times and numbers are written here, where it differs from the language's own country.
REGIONAL = {"es": "es_US"}

_current: contextvars.ContextVar[str] = contextvars.ContextVar("locale", default=DEFAULT)


@dataclass(frozen=True)
class Language:
    """A language as a page needs it."""

    tag: str  # as in HTML's lang attribute: zh-Hans
    code: str  # as everywhere else: zh_Hans
    name: str  # in its own words
    direction: str  # ltr or rtl


# In their own words, which Babel has as well: a test compares them. Asking Babel would load ten
# languages' data at every start, 0.1 s and several megabytes.
NAMES = {
    "en": "English", "es": "Español", "ko": "한국어", "zh_Hans": "简体中文", "hy": "Հայերեն",
    "fa": "فارسی", "vi": "Tiếng Việt", "fil": "Filipino", "ar": "العربية", "ru": "Русский",
}  # fmt: skip
RIGHT_TO_LEFT = frozenset({"ar", "fa"})


def language(code: str) -> Language:
    """Return what a page needs to know of a language; raise KeyError for one we do not have."""
    direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
    return Language(code.replace("_", "-"), code, NAMES[code], direction)


def pick(wanted: str | None, among: Iterable[str] = TAGS) -> str | None:
    """Return the supported language that a word, tag or locale means; None if there is none.

    Never raises, whatever a browser, a cookie or a spreadsheet holds.
    """
    allowed = tuple(among)
    word = (wanted or "").strip().replace("-", "_").lower()
    exact = {code.lower(): code for code in allowed}
    while word:
        found = exact.get(word) or exact.get(ALIASES.get(word, "").lower())
        if found:
            return found
        word = word.rpartition("_")[0]
    return None


def current() -> str:
    """Return the locale in force."""
    return _current.get()


@contextlib.contextmanager
def use(code: str) -> Iterator[None]:
    """Speak this language for the block, inside or outside a request."""
    mark = _current.set(code)
    try:
        yield
    finally:
        _current.reset(mark)


def speak(code: str) -> None:
    """Speak this language from here on in this context; for the start of a request."""
    _current.set(code)


@functools.cache
def _catalog(code: str) -> NullTranslations:
    return Translations.load(str(FOLDER), [code])


def gettext(message: str, **values: object) -> str:
    """Return the sentence in the language in force, its placeholders filled."""
    text = _catalog(current()).gettext(message) if current() != DEFAULT else message
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Return the sentence for a number, in the language in force; `num` is filled in."""
    return plural_form(singular, plural, num) % {"num": num, **values}


def plural_form(singular: str, plural: str, num: int) -> str:
    """Return the sentence for a number with its placeholders still empty, as Jinja wants it."""
    if current() == DEFAULT:
        return singular if num == 1 else plural
    return _catalog(current()).ngettext(singular, plural, num)


def lazy_gettext(message: str, **values: object) -> Any:
    """Return a sentence that is put into words when it is shown, in the language then in force.

    It stands in for a text wherever one is shown; WTForms asks for `str`, hence Any.
    """
    return LazyProxy(gettext, message, enable_cache=False, **values)


def _regional() -> str:
    return REGIONAL.get(current(), current())


def one_stop(text: str) -> str:
    """Return words with one full stop where a time brings its own, as *10:02 p.m.* does."""
    return text.replace("m..", "m.")


def time_words(moment: dt.datetime, timezone: str) -> str:
    """Return the clock time at a site, such as `2:42 pm`, in the language in force."""
    return bell_words(clock.local(moment, timezone).time())


def bell_words(time: dt.time) -> str:
    """Return a time on the clock, such as `8:05 am`, in the language in force."""
    return _bell_words(time, current())


@functools.lru_cache(maxsize=1024)
def _bell_words(time: dt.time, language: str) -> str:
    # Kept, since an alert says the same two times in each of its texts.
    text = format_time(time, format="short", locale=REGIONAL.get(language, language))
    # CLDR puts a narrow no-break space before pm, which many phones show as a box.
    text = text.replace("\u202f", " ").replace("\xa0", " ")
    return text.lower() if language == DEFAULT else text


def day_words(moment: dt.datetime, timezone: str) -> str:
    """Return the day at a site, such as `Tuesday 24 November`, in the language in force."""
    return date_words(clock.local(moment, timezone).date())


def date_words(day: dt.date, *, year: bool = False) -> str:
    """Return a day of the calendar, such as `Tuesday 24 November`, in the language in force."""
    english = "EEEE d MMMM y" if year else "EEEE d MMMM"
    pattern = english if current() == DEFAULT else "full"
    return format_date(day, format=pattern, locale=_regional())


def weekday_words(weekday: int) -> str:
    """Return the name of a day of the week, 1 is Monday (ISO 8601), in the language in force."""
    return format_date(dt.date(2024, 1, weekday), format="EEEE", locale=_regional())


def moment_words(moment: dt.datetime, timezone: str) -> str:
    """Return a time as people say it: `today 2:42 pm, Tuesday 24 November`."""
    time, day = time_words(moment, timezone), day_words(moment, timezone)
    today = clock.local(clock.now(), timezone).date()
    days = (today - clock.local(moment, timezone).date()).days
    if days == 0:
        return gettext("today %(time)s, %(day)s", time=time, day=day)
    if days == 1:
        return gettext("yesterday %(time)s, %(day)s", time=time, day=day)
    return gettext("%(day)s, %(time)s", time=time, day=day)


def number_words(value: int) -> str:
    """Return a whole number as it is written in the language in force."""
    return format_decimal(value, locale=_regional())


def catalogs() -> tuple[str, ...]:
    """Return the languages in which the screens are translated, English first."""
    found = {path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po")}
    return (DEFAULT, *(code for code in TAGS if code in found and code != DEFAULT))


def compile_catalogs() -> None:
    """Compile every catalog whose source is newer; does nothing where the folder is read-only."""
    for source in FOLDER.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with contextlib.suppress(PermissionError):
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parent.parent.name)
    # Written beside and renamed, since web and relay may start at the same moment.
    part = target.with_suffix(f".{clock.milliseconds()}.part")
    with part.open("wb") as file:
        write_mo(file, catalog)
    effects.put_in_place(part, target)
