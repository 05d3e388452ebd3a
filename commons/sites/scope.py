"""A whole district as a place where something happens: no single site's grant reaches it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WholeDistrict:
    """A district for `permissions.require`; no site has the key 0."""

    district_id: int
    id: int = 0
