"""What is named and not taken back is ended when the input closes."""

from __future__ import annotations

import subprocess
import sys

from commons import lifeline


def test_groups_are_added_and_taken_away() -> None:
    assert lifeline.read(["12\n", "13\n", "-12\n", "-99\n"]) == {13}


def test_a_group_that_will_not_end_is_ended() -> None:
    stubborn = "trap '' TERM; echo ready; while :; do sleep 1; done"
    with subprocess.Popen(
        ["sh", "-c", stubborn], process_group=0, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert lifeline.alive(process.pid)
        lifeline.end([process.pid], grace=0.1)
        assert process.wait(timeout=5) == -9
    lifeline.end([process.pid])  # what is gone already is no fault


def test_it_ends_quietly_when_nothing_is_left() -> None:
    with subprocess.Popen(
        [sys.executable, "-I", "-S", lifeline.__file__], stdin=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"-1\n")
        process.stdin.flush()
        process.stdin.close()
        assert process.wait(timeout=5) == 0
