"""`relay` among the commands; the work itself runs without the web framework."""

from __future__ import annotations

import os
import sys

import click

commands = click.Group("relay", help="The process that sends and receives messages.")


def _pass_on(verb: str) -> None:
    # Replaced rather than called: the relay is a process of its own, without Flask in memory.
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "app", "relay", verb])  # noqa: S606


@commands.command()
def run() -> None:
    """Send and receive until told to stop."""
    _pass_on("run")


@commands.command()
def once() -> None:
    """Send what is due and stop."""
    _pass_on("once")


@commands.command()
def status() -> None:
    """Say how the relay and its Signal account are."""
    _pass_on("status")
