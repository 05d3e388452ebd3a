"""The key ring: sealing personal text, blind indexes for look-ups, and random tokens.

Sealing is AES-GCM-SIV, bound to table, column, row and key version, padded to 64 bytes so
that a length tells nothing. Keys live in a file or the environment, never in the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PAD = 64
_FORMAT = b"\x01"
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Random bytes to letters in one step; bytes past the last whole multiple of the alphabet are
# dropped, so that no letter is likelier.
_EVEN = 256 - 256 % len(_ALPHABET)
_LETTERS = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))
_DROPPED = bytes(range(_EVEN, 256))
_TICKET = re.compile(r"[A-Za-z0-9_-]{22}")


class Unreadable(Exception):
    """A sealed value does not open: another key, another row, or a changed byte."""


@dataclass(frozen=True)
class KeyRing:
    """Versioned sealing keys, and one root from which the fixed keys are derived."""

    root: bytes = field(repr=False)
    sealing: dict[int, bytes] = field(repr=False)
    current: int

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read a key file's text; raise ValueError with a sentence that never shows a key."""
        try:
            document = tomllib.loads(text)
            root = _key_bytes(document["root"])
            sealing = {int(version): _key_bytes(key) for version, key in document["keys"].items()}
            current = int(document["current"])
        except tomllib.TOMLDecodeError:
            raise ValueError("it is not a Farolito key file.") from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ValueError("a key is missing or has the wrong length.") from None
        if current not in sealing or not all(0 < version < 256 for version in sealing):
            raise ValueError("the current key is not among the keys.")
        return cls(root, sealing, current)

    @classmethod
    def generate(cls) -> KeyRing:
        """Make a new ring of random keys."""
        return cls(secrets.token_bytes(32), {1: secrets.token_bytes(32)}, 1)

    def rotated(self) -> KeyRing:
        """Return a ring whose current key is new; older keys still open what they sealed."""
        version = max(self.sealing) + 1
        return KeyRing(self.root, {**self.sealing, version: secrets.token_bytes(32)}, version)

    def text(self) -> str:
        """Return the text of a key file."""
        lines = [
            "# Farolito's keys. Whoever has this file and the database can read everything;",
            "# without it nobody can, and nobody can restore it. Keep a copy apart from backups.",
            f'root = "{_key_text(self.root)}"',
            f"current = {self.current}",
            "[keys]",
        ]
        lines += [f'{version} = "{_key_text(key)}"' for version, key in self.sealing.items()]
        return "\n".join(lines) + "\n"

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """Return the fixed key for a purpose, the same for the life of the root."""
        return HKDF(SHA256(), length, None, b"farolito." + purpose.encode()).derive(self.root)

    @cached_property
    def _index_key(self) -> bytes:
        return self.derive("blind-index")

    @cached_property
    def _ciphers(self) -> dict[int, AESGCMSIV]:
        return {version: AESGCMSIV(key) for version, key in self.sealing.items()}

    def seal(self, text: str, context: str) -> bytes:
        """Return the text sealed for one place, `table.column.public_id`."""
        nonce = os.urandom(12)
        header = _FORMAT + bytes([self.current])
        cipher = self._ciphers[self.current]
        return (
            header + nonce + cipher.encrypt(nonce, _pad(text.encode()), header + context.encode())
        )

    def open(self, sealed: bytes, context: str) -> str:
        """Return the text again; raise Unreadable if key, place or bytes are not the same."""
        header, nonce, body = sealed[:2], sealed[2:14], sealed[14:]
        whole = len(nonce) == 12 and header[:1] == _FORMAT
        cipher = self._ciphers.get(header[1]) if whole else None
        if cipher is None:
            raise Unreadable("This value was sealed with a key that is not on the ring.")
        try:
            return _unpad(cipher.decrypt(nonce, body, header + context.encode())).decode()
        except InvalidTag:
            raise Unreadable("This value does not open with the keys on the ring.") from None

    def blind(self, value: str, context: str) -> bytes:
        """Return the keyed fingerprint by which a sealed value is looked up."""
        message = f"{context}\x00{value}".encode()
        return hmac.digest(self._index_key, message, "sha256")

    def keyed_token(self, value: str, purpose: str) -> str:
        """Return 22 letters for an address that follow from a value, and that nobody can guess."""
        return _address_text(self.blind(value, purpose)[:16])

    def ticket(self, number: int, purpose: str) -> str:
        """Return 22 letters for an address that name a row; the number in them cannot be read.

        88 of the bits are a keyed hash, so that nobody else can make one, or one from another.
        """
        row = number.to_bytes(5, "big")
        tag = self._ticket_part("tag", purpose, row)[:11]
        mask = self._ticket_part("mask", purpose, tag)[:5]
        return _address_text(_xor(row, mask) + tag)

    def ticket_number(self, ticket: str, purpose: str) -> int | None:
        """Return the number in a ticket; None, after the same work, for one we did not make."""
        given = ticket.encode("utf-8", "replace")
        data = base64.urlsafe_b64decode(given + b"==") if _TICKET.fullmatch(ticket) else b"\0" * 16
        mask = self._ticket_part("mask", purpose, data[5:])[:5]
        number = int.from_bytes(_xor(data[:5], mask), "big")
        return number if hmac.compare_digest(self.ticket(number, purpose).encode(), given) else None

    def _ticket_part(self, part: str, purpose: str, data: bytes) -> bytes:
        return hmac.digest(self._ticket_key, f"{part}\x00{purpose}\x00".encode() + data, "sha256")

    @cached_property
    def _ticket_key(self) -> bytes:
        return self.derive("ticket")

    def fingerprint(self) -> str:
        """Return a word that tells this root from another and reveals nothing of it."""
        return self.derive("fingerprint", 16).hex()


_ring: KeyRing | None = None


def use(ring: KeyRing) -> None:
    """Make this the ring of the process; called once by the composition root."""
    global _ring
    _ring = ring


def ring() -> KeyRing:
    """Return the ring of the process."""
    if _ring is None:
        raise RuntimeError("No key ring is in use: compose() has not run.")
    return _ring


def public_id() -> str:
    """Return a random id of 128 bits for URLs, in letters and digits without look-alikes."""
    found = b""
    while len(found) < 22:
        # A hundred times faster than secrets.choice; an import makes tens of thousands.
        found += os.urandom(32).translate(_LETTERS, _DROPPED)
    return found[:22].decode()


def token() -> str:
    """Return 256 random bits as text, for a session or a link."""
    return secrets.token_urlsafe(32)


def token_hash(value: str) -> str:
    """Return what is stored of a token: its SHA-256, enough for 256 random bits."""
    return hashlib.sha256(value.encode()).hexdigest()


def make_key_file(path: Path) -> KeyRing:
    """Write a new key file that only its owner can read; raise FileExistsError if it is there."""
    ring = KeyRing.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(ring.text())
        file.flush()
        os.fsync(file.fileno())
    return ring


def _pad(data: bytes) -> bytes:
    data += b"\x80"
    return data + b"\x00" * (-len(data) % PAD)


def _unpad(data: bytes) -> bytes:
    return data.rstrip(b"\x00")[:-1]


def _address_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _key_text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key_bytes(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError("length")
    return key
