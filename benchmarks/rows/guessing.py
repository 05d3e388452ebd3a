"""S1: whether the time of a refused sign-in tells which accounts there are.

Six hundred wrong tries, of names that exist and of names that do not, in a shuffled order. The
area under the curve is how often a guesser who looks at the clock tells the two apart: 0.5 is by
chance, 1 is always. The peer looks a name up and hashes a password only where there is one.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.figures import Figure, Line, at_least, at_most
from benchmarks.installation import installed
from benchmarks.scale import Scale
from commons.accounts import passwords, service, signing_in
from commons.accounts.models import Account
from commons.crypto import token
from commons.database import connection
from commons.errors import Invalid
from commons.permissions import CONSOLE

LEAST, MOST = 0.45, 0.55
# A name is tried so often that its own limit is never reached.
TRIES_A_NAME = 3
WRONG = "not the password of anybody"


def measure(scale: Scale, say: Callable[[str], None]) -> list[Line]:
    """Measure S1."""
    say(f"S1 with {scale.sign_ins} tries")
    with (
        tempfile.TemporaryDirectory(prefix="farolito-bench-") as folder,
        installed(Path(folder) / "guessing", None) as made,
    ):
        made.use()
        with connection():
            names = [f"person{n}@farolito.test" for n in range(_names(scale))]
            for name in names[::2]:
                _make(name)
            ours, peer = _areas(names, _try_ours), _areas(names, _try_naive)
    area = Figure.of(ours)
    return [
        Line(
            row="S1",
            what=f"telling accounts from none by the clock, {scale.sign_ins} wrong tries",
            unit="area",
            ours=area,
            peer=Figure.of(peer),
            goals=(
                at_least(f"≥ {LEAST}", area.median, LEAST),
                at_most(f"≤ {MOST}", area.median, MOST),
            ),
            note="0.5 is chance. Peer: no hash where there is no such account.",
        )
    ]


def _names(scale: Scale) -> int:
    return max(2, scale.sign_ins // TRIES_A_NAME)


def _make(name: str) -> None:
    account = service.create_account(CONSOLE, sign_in_name=name, name="Somebody")
    stored = _hash()
    Account.update(password_hash=stored).where(Account.id == account.id).execute()


_HASHES: list[str] = []


def _hash() -> str:
    # One hash for all of them: making one takes as long as a try.
    if not _HASHES:
        _HASHES.append(passwords.hashed("a password that nobody will guess"))
    return _HASHES[0]


def _areas(names: Sequence[str], attempt: Callable[[str], None]) -> list[float]:
    """Return the area under the curve of all tries together."""
    order = [name for name in names for _ in range(TRIES_A_NAME)]
    random.Random(1).shuffle(order)  # a fixed seed, not a secret
    known = set(names[::2])
    attempt(names[0])
    timed = [(_timed(attempt, name), name in known) for name in order]
    return [area_under([t for t, is_known in timed if is_known], [t for t, k in timed if not k])]


def _timed(attempt: Callable[[str], None], name: str) -> float:
    began = time.perf_counter()
    attempt(name)
    return time.perf_counter() - began


def _try_ours(name: str) -> None:
    try:
        # A network of its own for each try: its limit is another matter.
        signing_in.sign_in(name, WRONG, "000000", network=token())
    except Invalid:
        return
    raise AssertionError("A wrong password was let in.")


def _try_naive(name: str) -> None:
    account = service.account_named(name)
    if account is not None:
        passwords.matches(account.password_hash, WRONG)


def area_under(high: Sequence[float], low: Sequence[float]) -> float:
    """Return how often a value of the first kind is above one of the second; ties count half."""
    ranked = sorted([(value, 1) for value in high] + [(value, 0) for value in low])
    below, wins, n = 0, 0.0, 0
    while n < len(ranked):
        value, same = ranked[n][0], [0, 0]
        while n < len(ranked) and ranked[n][0] == value:
            same[ranked[n][1]] += 1
            n += 1
        wins += same[1] * (below + same[0] / 2)
        below += same[0]
    return wins / (len(high) * len(low))
