"""How a name or a number may lie in bytes that nobody thought of, and a search for all of it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from urllib.parse import quote, quote_plus

# Shorter than this, a spelling would be found by chance.
SHORTEST = 7
# The first two bytes of a gzip file, and of zlib at each of its four levels.
PACKED = re.compile(rb"\x1f\x8b|\x78[\x01\x5e\x9c\xda]")
MOST_UNPACKED = 1 << 20


def _digits(canary: str) -> str:
    return "".join(filter(str.isdigit, canary)).removeprefix("1")


def _grouped(canary: str, mark: str) -> str:
    """Return a number in threes and a four, or the empty string for what is no number."""
    d = _digits(canary)
    return f"{d[:3]}{mark}{d[3:6]}{mark}{d[6:]}" if len(d) == 10 else ""


def _base64(text: str, encode: Callable[[bytes], bytes] = base64.b64encode) -> Iterator[bytes]:
    # It looks otherwise at each of three offsets; what is whole in the middle stays the same.
    for offset in range(3):
        whole = encode(b"\0" * offset + text.encode())
        yield whole[4 if offset else 0 : -4]


def _hashes(text: str) -> Iterator[bytes]:
    for name in ("sha256", "sha1", "md5"):
        for one in {text, text.lower(), _digits(text), f"1{_digits(text)}"}:
            if one not in ("", "1"):
                done = hashlib.new(name, one.encode())
                yield from (done.hexdigest().encode(), done.digest())
                yield base64.b64encode(done.digest())[:-2]


def _html(text: str) -> Iterator[bytes]:
    yield html.escape(text).encode()
    yield "".join(f"&#{ord(letter)};" for letter in text).encode()
    yield "".join(f"&#x{ord(letter):x};" for letter in text).encode()


def _json(text: str) -> Iterator[bytes]:
    yield json.dumps(text)[1:-1].encode()
    yield "".join(f"\\u{ord(letter):04x}" for letter in text).encode()


def _one(spell: Callable[[str], str]) -> Callable[[str], Iterable[bytes]]:
    return lambda canary: [spell(canary).encode()]


ENCODINGS: dict[str, Callable[[str], Iterable[bytes]]] = {
    "plain": _one(str),
    "lower": _one(str.lower),
    "upper": _one(str.upper),
    "without spaces": _one(lambda text: text.replace(" ", "")),
    "digits": _one(_digits),
    "last seven digits": _one(lambda text: _digits(text)[-7:]),
    "dashed": _one(lambda text: _grouped(text, "-")),
    "dotted": _one(lambda text: _grouped(text, ".")),
    "spaced": _one(lambda text: _grouped(text, " ")),
    "quoted for an address": lambda text: [quote(text).encode(), quote_plus(text).encode()],
    "base64": _base64,
    "base64url": lambda text: _base64(text, base64.urlsafe_b64encode),
    "hex": lambda text: [text.encode().hex().encode(), text.encode().hex().upper().encode()],
    "UTF-16 little": lambda text: [text.encode("utf-16-le")],
    "UTF-16 big": lambda text: [text.encode("utf-16-be")],
    "reversed": _one(lambda text: text[::-1]),
    "unkeyed hash": _hashes,
    "HTML entities": _html,
    "JSON escapes": _json,
}
# Only whole streams can be searched for these, so they are unpacked and not spelled.
PACKINGS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zlib": zlib.compress}


@cache
def spellings(canary: str) -> dict[bytes, str]:
    """Return the bytes that would betray a canary, each with the name of its encoding."""
    found: dict[bytes, str] = {}
    for name, spell in ENCODINGS.items():
        for one in spell(canary):
            if len(one) >= SHORTEST:
                found.setdefault(one, name)
    return found


def find(canaries: Iterable[str], data: bytes) -> list[str]:
    """Return each canary that can be read in these bytes, and how it was spelled there."""
    searched = [("", data), *(("packed ", one) for one in _unpacked(data))]
    return [
        f"{canary} ({packed}{name})"
        for canary in canaries
        for packed, part in searched
        for spelling, name in spellings(canary).items()
        if spelling in part
    ]


def _unpacked(data: bytes) -> Iterator[bytes]:
    for start in PACKED.finditer(data):
        # 47: zlib or gzip, whichever it turns out to be.
        stream = zlib.decompressobj(47)
        try:
            part = stream.decompress(data[start.start() :], MOST_UNPACKED)
        except zlib.error:
            continue
        if len(part) >= SHORTEST:
            yield part
