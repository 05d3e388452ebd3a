"""Who vouches for whom at one site, and what follows from it; pure, so that it can be tried out.

The words that the rules are made of:

- A *root* is the site lead, or somebody who is verified today; nobody else's word is needed
  for them. Somebody who is frozen is no root.
- A vouch *counts* while its voucher is a root, or stands at level 2 or more. A voucher who falls
  lower takes their word along, and whoever needed it falls as well.
- The *branch* that a member hangs from is that of their first vouch that counts, up to a root:
  this is their root. Two vouches of one branch are worth no more than one.
- The *depth* of a member is the number of vouches in the longest chain above them, counting or
  not. It is never more than two, so that nobody stands far from somebody whom the site knows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from commons.roster.trust.models import TrustKind

DEEPEST = 2
VOUCHES_NEEDED = 2


@dataclass
class Graph:
    """The live vouches and records of a site at one instant, by the persons' keys."""

    lead: int | None = None
    records: dict[int, dict[TrustKind, dt.datetime]] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)  # whose Signal key changed
    vouchers: dict[int, dict[int, dt.datetime]] = field(default_factory=dict)  # oldest first
    vouchees: dict[int, list[int]] = field(default_factory=dict)

    def add_vouch(self, voucher: int, person: int, made_at: dt.datetime) -> None:
        """Put in a live vouch; older ones first."""
        self.vouchers.setdefault(person, {})[voucher] = made_at
        self.vouchees.setdefault(voucher, []).append(person)

    def holds(self, person: int, kind: TrustKind) -> bool:
        """Return whether a record of this kind holds for a person."""
        return kind in self.records.get(person, {})

    def is_root(self, person: int) -> bool:
        """Return whether a person stands by themselves: the lead, or verified; never frozen."""
        if self.holds(person, TrustKind.FROZEN):
            return False
        return person == self.lead or self.holds(person, TrustKind.VERIFIED)

    def counts(self, voucher: int) -> bool:
        """Return whether this person's word for others counts today."""
        return self.is_root(voucher) or self.standing(voucher) >= 2

    def root_of(self, person: int) -> int | None:
        """Return the root that a member hangs from; None where no vouch of theirs counts."""
        if self.is_root(person):
            return person
        first = next((v for v in self.vouchers.get(person, {}) if self.counts(v)), None)
        return None if first is None else self.root_of(first)

    def branches(self, person: int, before: dt.datetime | None = None) -> int:
        """Return from how many different roots counting vouches for a person come.

        With `before`, only those are looked at that were there by then.
        """
        given = self.vouchers.get(person, {}).items()
        old_enough = [v for v, made in given if before is None or made <= before]
        return len({self.root_of(v) for v in old_enough if self.counts(v)} - {None})

    def standing(self, person: int) -> int:
        """Return a person's level 0 to 3, as if their Signal key had not changed."""
        held = self.records.get(person, {})
        if TrustKind.FROZEN in held:
            return 0
        if TrustKind.VERIFIED in held:
            return 3
        # The lead's yes was to the vouches that were there; others need a new yes.
        yes = held.get(TrustKind.VOUCHED)
        if yes is not None and self.branches(person, yes) >= VOUCHES_NEEDED:
            return 2
        return 1 if TrustKind.SEEN in held else 0

    def level(self, person: int) -> int:
        """Return a person's level; 0 until somebody made sure that a changed key is theirs."""
        return 0 if person in self.held else self.standing(person)

    def depth(self, person: int) -> int:
        """Return how many vouches the longest chain above a person has."""
        return max((1 + self.depth(one) for one in self.vouchers.get(person, ())), default=0)

    def height(self, person: int) -> int:
        """Return how many vouches the longest chain below a person has."""
        return max((1 + self.height(one) for one in self.vouchees.get(person, ())), default=0)

    def too_deep(self, voucher: int, person: int) -> bool:
        """Return whether this vouch would make a chain of more than two; a circle always does."""
        return self.depth(voucher) + 1 + self.height(person) > DEEPEST

    def below(self, person: int) -> set[int]:
        """Return everybody whom a person vouched for, and whom those vouched for."""
        found: set[int] = set()
        waiting = list(self.vouchees.get(person, ()))
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.vouchees.get(one, ())
        return found - {person}
