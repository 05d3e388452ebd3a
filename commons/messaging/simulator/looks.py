"""How phones look from outside: their state in a word, and the ones that a filter leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .phones import Failure, Message, Phone
from .state import State

STATES = {
    "nothing": "Nothing yet",
    "arrived": "Arrived",
    "read": "Read",
    "answered": "Answered",
    "failing": "Failing",
}
FAILURES = {
    Failure.OK: "Works",
    Failure.UNREGISTERED: "Not on Signal",
    Failure.IDENTITY: "Safety number changed",
    Failure.RATE_LIMITED: "Signal limits us",
    Failure.RATE_LIMITED_WITHOUT_DATA: "Signal limits us, without details",
    Failure.LIMITED_BUT_DELIVERED: "Signal says it limits us, but delivers",
    Failure.NETWORK: "Network failure",
    Failure.NO_PREKEYS: "Long offline (no keys left)",
    Failure.HANG: "No answer, not delivered",
    Failure.HANG_DELIVERED: "No answer, but delivered",
    Failure.RESET: "Connection cut, not delivered",
    Failure.RESET_DELIVERED: "Connection cut, but delivered",
    Failure.SLOW: "Slow",
    Failure.SENT_BUT_NEVER_DELIVERED: "Said to be sent, never arrives",
    Failure.ERROR: "An error of another kind",
}
LANGUAGES = {
    "am": "Amharic",
    "ar": "Arabic",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "hy": "Armenian",
    "ko": "Korean",
    "ru": "Russian",
    "tl": "Filipino",
    "vi": "Vietnamese",
    "zh": "Chinese",
    "zh-Hans": "Chinese (simplified)",
    "zh-Hant": "Chinese (traditional)",
}
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "ur"})


@dataclass(slots=True)
class Card:
    """One phone as a page shows it."""

    phone: Phone
    state: str
    state_word: str
    last: Message | None
    unread: int
    direction: str
    language: str
    failure: str


def card(state: State, phone: Phone) -> Card:
    """A phone with what it shows now."""
    last = state.last(phone)
    word = condition(state, phone)
    return Card(
        phone=phone,
        state=word,
        state_word=STATES[word],
        last=last,
        unread=sum(m.to_phone and m.arrived and not m.read for m in state.thread(phone)),
        direction=direction(phone.language),
        language=LANGUAGES.get(phone.language, phone.language),
        failure=failure_word(phone),
    )


def condition(state: State, phone: Phone) -> str:
    """A key of STATES: failing beats all; else what became of the newest text that arrived."""
    if phone.plan.mode is not Failure.OK or not phone.trusted:
        return "failing"
    last = state.last(phone)
    if last is None:
        return "nothing"
    if not last.to_phone or last.reaction:
        return "answered"
    return "read" if last.read else "arrived"


def failure_word(phone: Phone) -> str:
    """How sending to the phone goes, in words."""
    if phone.plan.mode is Failure.OK and not phone.trusted:
        return FAILURES[Failure.IDENTITY]
    return FAILURES[phone.plan.mode]


def direction(language: str) -> str:
    """The direction of a language: rtl or ltr."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def filtered(state: State, wanted: dict[str, str]) -> list[Phone]:
    """The phones with this site, language, state and search text, in the order entered."""
    with state.lock:
        phones = list(state.phones.values())
    needle = wanted.get("search", "").strip().casefold()
    return [
        phone
        for phone in phones
        if wanted.get("site") in (None, "", phone.site)
        and wanted.get("language") in (None, "", phone.language)
        and (not needle or needle in _searchable(phone))
        and (not wanted.get("state") or condition(state, phone) == wanted["state"])
    ]


def when(timestamp: int) -> tuple[str, str]:
    """A time in words and for machines, on this computer's clock; `timestamp` in milliseconds."""
    moment = datetime.fromtimestamp(timestamp / 1000).astimezone()
    hour = moment.strftime("%I:%M %p").lstrip("0").lower()
    today = datetime.now().astimezone().date()
    day = "" if moment.date() == today else moment.strftime(", %A ") + _day(moment)
    return hour + day, moment.isoformat(timespec="seconds")


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment.strftime('%B')}"


def _searchable(phone: Phone) -> str:
    words = (phone.name, phone.number or "", phone.username or "", phone.site)
    return " ".join(words).casefold()
