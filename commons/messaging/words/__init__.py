"""What the relay says by itself, and the answers it understands, in each language."""

from __future__ import annotations

import functools
import re
import string
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons import i18n
from commons.messaging.conversations.flows import Started
from commons.messaging.words.phrases import PHRASES

FOLDER = Path(__file__).parent
LOCALES = ("en", "es", "ko", "zh_Hans", "hy", "fa")
MEANINGS = ("ack", "stop", "start", "help", "safe", "help_me")
# What answers an alert: received, I am safe, I need help.
ANSWERS = frozenset({"ack", "safe", "help_me"})
# What a message may begin, and how many words may follow it: *leave now, agents are here* begins
# nothing, it is words for a person.
COMMANDS = {
    "join": 6,
    "language": 3,
    "help": 0,
    "my_data": 1,
    "person": 0,
    "lock": 1,
    "leave": 0,
    "yes": 0,
    "no": 0,
}
# A command may be a reply word of this meaning as well; any other is a word with two meanings.
ALSO_REPLIES = {"help": "help", "yes": "ack"}
LONGEST_COMMAND = 4  # words, typed with spaces between
LONGEST_REPLY = 200  # characters; a longer message is words for a person

_CODE = re.compile(r"\b([a-z]{1,2}[0-9]{1,4})(?:[ .]?v[0-9]{1,3})?\b")
# Persian is often typed on Arabic keyboards.
_SAME_LETTERS = str.maketrans({"ي": "ی", "ك": "ک", "ى": "ی"})
_FIRST_STRONG, _END = "\u2068", "\u2069"
_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}


@dataclass(frozen=True, slots=True)
class Words:
    """One language's phrases and reply words; `reviewed` says that somebody has read them."""

    locale: str
    direction: str
    reviewed: bool
    phrases: Mapping[str, str]
    replies: Mapping[str, frozenset[str]]
    commands: Mapping[str, frozenset[str]]

    def say(self, phrase: str, **values: str) -> str:
        """Return a phrase with its values. Raises KeyError for a phrase or value it lacks."""
        if self.direction == "rtl":
            values = {name: f"{_FIRST_STRONG}{value}{_END}" for name, value in values.items()}
        return i18n.one_stop(self.phrases[phrase].format_map(values))

    def numbered(self, lines: Sequence[str]) -> str:
        """Return lines with 1, 2, 3 before them, the number first in whichever direction."""
        return "\n".join(self._line(number, line) for number, line in enumerate(lines, start=1))

    def _line(self, number: int, line: str) -> str:
        backwards = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in line)
        if self.direction == "ltr" and not backwards:
            return f"{number} {line}"
        return f"{_MARKS[self.direction]}{number} {_FIRST_STRONG}{line}{_END}"


_reviewed: Callable[[str], bool] | None = None


def use(reviewed: Callable[[str], bool] | None) -> None:
    """Speak only what somebody has read, as this says of a language; None speaks all."""
    global _reviewed
    _reviewed = reviewed


def words(locale: str) -> Words:
    """Return words to speak with: a language's own, another's that somebody has read, English."""
    found = written(locale)
    fine = _reviewed is None or found.locale == "en" or _reviewed(found.locale)
    return found if fine else written(next(filter(_reviewed, LOCALES), "en"))


@functools.cache
def written(locale: str) -> Words:
    """Return a language's words; English where there are none. Raises ValueError for a bad file."""
    known = locale if locale in LOCALES else "en"
    path = FOLDER / f"{known}.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    faults = _faults(raw)
    if faults:
        raise ValueError("\n".join(f"{path.name}: {fault}" for fault in faults))
    return Words(
        locale=known,
        direction=raw["direction"],
        reviewed=raw["review"]["state"] == "reviewed",
        phrases=raw["phrases"],
        replies={key: frozenset(map(plain, raw["replies"][key])) for key in MEANINGS},
        commands={key: frozenset(map(plain, raw["commands"][key])) for key in COMMANDS},
    )


def read_reply(text: str) -> str:
    """Return what an answer means, whatever its language: one of MEANINGS, number:N, other.

    Only the whole message counts, so that a sentence with *stop* in it stops nothing. A bare 1 is
    an acknowledgement, 2 says safe, 3 asks for help, while HELP alone asks for the list; after the
    question *which alert?* ask `read_number` first.
    """
    if len(text) > LONGEST_REPLY:
        return "other"
    said = plain(text)
    meaning = _meanings().get(said) or _meanings().get(_CODE.sub(" ", said).strip())
    if meaning:
        return meaning
    number = read_number(text)
    return f"number:{number}" if number is not None else "other"


def read_number(text: str) -> int | None:
    """Return the number, up to 999, that a whole message is; None for anything else."""
    said = plain(text) if len(text) <= LONGEST_REPLY else ""
    return int(said) if re.fullmatch(r"[0-9]{1,3}", said) else None


def read_code(text: str) -> str | None:
    """Return the code of an alert, such as K7, that a short message names; None without one."""
    codes = set(_CODE.findall(plain(text))) if len(text) <= LONGEST_REPLY else set()
    return codes.pop().upper() if len(codes) == 1 else None


def command(key: str) -> Callable[[str], Started | None]:
    """Return what recognises a command, in any language, alone or with a few words after it.

    These words are in `answers["rest"]` as they were typed, for the flow to make sense of; the
    language of the command is in `language`, None where several have the word. Raises KeyError
    for an unknown command.
    """
    most = COMMANDS[key]

    def recognise(text: str) -> Started | None:
        typed = text.split() if len(text) <= LONGEST_REPLY else []
        for count in range(len(typed), max(0, len(typed) - most - LONGEST_COMMAND), -1):
            found = _commands().get(plain(" ".join(typed[:count])))
            if found is not None and found[0] == key and len(typed) - count <= most:
                rest = " ".join(typed[count:])
                return Started({"rest": rest} if rest else {}, found[1])
        return None

    return recognise


def sayings(key: str) -> frozenset[str]:
    """Return the words of a command in all languages, as `plain` writes them: for a choice."""
    return frozenset().union(*(written(locale).commands[key] for locale in LOCALES))


def plain(text: str) -> str:
    """Return words as they are compared: no case, accents, marks, skin tones or punctuation.

    Digits of every script become 0-9, and letters of every width the common ones.
    """
    whole = unicodedata.normalize("NFKD", text.strip()).casefold().translate(_SAME_LETTERS)
    if whole == "?":
        return whole
    kept = "".join(_plain_character(char) for char in whole)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _plain_character(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in {"Mn", "Me", "Cf", "Sk"}:
        return ""
    return " " if category[0] == "P" or category in {"Sm", "Sc", "Cc"} else char


@functools.cache
def _meanings() -> Mapping[str, str]:
    return {
        said: meaning
        for locale in LOCALES
        for meaning, sayings in written(locale).replies.items()
        for said in sayings
    }


@functools.cache
def _commands() -> Mapping[str, tuple[str, str | None]]:
    """Return the command and the language of each word; raise ValueError for two meanings."""
    found: dict[str, tuple[str, str | None]] = {}
    for locale in LOCALES:
        pairs = [(key, said) for key, many in written(locale).commands.items() for said in many]
        for key, said in pairs:
            before = found.get(said, (key, locale))
            meaning = _meanings().get(said)
            if before[0] != key or meaning not in {None, ALSO_REPLIES.get(key)}:
                raise ValueError(f"{locale}.toml: “{said}” means two things.")
            found[said] = (key, locale if before[1] == locale else None)
    return found


def _faults(raw: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{key}: missing"
        for key in ("direction", "review", "phrases", "replies", "commands")
        if key not in raw
    ]
    if faults:
        return faults
    phrases, replies = raw["phrases"], raw["replies"]
    faults += [f"phrases.{key}: missing or unknown" for key in PHRASES.keys() ^ phrases.keys()]
    faults += [f"replies.{key}: missing or unknown" for key in set(MEANINGS) ^ replies.keys()]
    faults += [
        f"commands.{key}: missing or unknown" for key in COMMANDS.keys() ^ raw["commands"].keys()
    ]
    faults += [f"commands.{key}: no words" for key, said in raw["commands"].items() if not said]
    faults += [f"replies.{key}: no words" for key, sayings in replies.items() if not sayings]
    for key in PHRASES.keys() & phrases.keys():
        slots = {name for _, name, _, _ in string.Formatter().parse(phrases[key]) if name}
        if slots != PHRASES[key] or not phrases[key].strip():
            faults.append(f"phrases.{key}: does not have the values {sorted(PHRASES[key])}")
    return faults
