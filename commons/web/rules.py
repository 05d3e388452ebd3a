"""Addresses that cost a start little: what builds one is written when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule whose two builders are compiled on first use; Werkzeug does it at the start.

    Each is a piece of Python, compiled at 0.15 ms, two a rule, and most are never asked for.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        # Positional only: a value of the address may have any name.
        def build(rule: LateRule, /, **values: object) -> tuple[str, str]:
            builder: Callable[..., tuple[str, str]] = compile_now(append_unknown).__get__(
                rule, None
            )
            setattr(rule, name, builder)
            return builder(**values)

        return build
