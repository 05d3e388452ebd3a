"""Links that a page shows to what stands above it: a feature offers them, the page asks nobody.

A person's page, say, belongs to the roster and knows neither accounts nor trust; both put their
link on it here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from commons.permissions import Actor


@dataclass(frozen=True)
class Link:
    """Where something is done, in words; `waiting` is how many things wait there."""

    words: str
    url: str
    waiting: int = 0


# Takes the actor and what the page is about: a site, or a site and a person.
Provider = Callable[..., Sequence[Link]]
PLACES = ("home", "site", "roster", "person")


def offer(app: Flask, place: str, provider: Provider) -> None:
    """Let a feature put links on the pages of a place."""
    assert place in PLACES
    app.extensions.setdefault("links", {name: [] for name in PLACES})[place].append(provider)


def offered(place: str, actor: Actor, *about: Any) -> list[Link]:
    """Return the links for a page, in the order in which features were registered."""
    providers = current_app.extensions.get("links", {}).get(place, ())
    return [link for provide in providers for link in provide(actor, *about)]
