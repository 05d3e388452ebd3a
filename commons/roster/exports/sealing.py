"""Seals a file with a passphrase, in the age format that anybody can open with `age -d`."""

from __future__ import annotations

import base64

from commons import crypto


def passphrase(public_id: str, ref: str) -> str:
    """Return the passphrase of one export for who asked for it: 125 bits in five groups.

    It is made of the installation's key and stored nowhere, so that the page that shows it and
    the request that takes the file agree without either carrying it.
    """
    mixed = crypto.ring().blind(f"{public_id}|{ref}", "export_request.passphrase")
    letters = base64.b32encode(mixed).decode().lower()[:25]
    return "-".join(letters[at : at + 5] for at in range(0, 25, 5))


def seal(data: bytes, words: str) -> bytes:
    """Return the data encrypted with the passphrase (age v1, scrypt); it takes about a second."""
    # Here, so that the relay and the command line start without it.
    from pyrage import passphrase as age

    return bytes(age.encrypt(data, words))
