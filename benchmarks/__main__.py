"""`python -m benchmarks [ROW] [--keep]`: measures, prints the table, writes results.json."""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from pathlib import Path

from benchmarks import machine, report, scale
from benchmarks.figures import LeftOut, Line, at_least, left_out
from benchmarks.rows import ROWS


def main(given: list[str] | None = None) -> int:
    """Measure the wanted rows; return 1 when one of them falls short."""
    parser = _parser()
    asked = parser.parse_args(given)
    if asked.keep and asked.rows:
        parser.error("Only a run of every row can be kept.")
    # So that an end by the system too ends what a row has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    facts = machine.description()
    lines: list[Line] = []
    for name in asked.rows or ROWS:
        began = time.monotonic()
        lines += _measure(name, scale.chosen(asked.tiny))
        _say(f"{name} took {time.monotonic() - began:.0f} s")
    sys.stdout.write("\n".join([*facts, "", report.table(lines), ""]))
    report.keep_results(lines, asked.results)
    if asked.keep:
        report.keep_page(lines, facts)
    return 1 if any(line.holds is False for line in lines) else 0


def _measure(name: str, size: scale.Scale) -> list[Line]:
    try:
        return ROWS[name](size, _say)
    except LeftOut as reason:
        return [left_out(name, "", str(reason))]
    except Exception as error:
        # The other rows are still worth having.
        traceback.print_exc()
        ran = at_least("it runs to its end", 0, 1)
        return [Line(name, "", goals=(ran,), note=f"It failed: {type(error).__name__}.")]


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", type=str.upper, choices=[*ROWS, []], metavar="ROW")
    parser.add_argument("--keep", action="store_true", help="write the table into docs/performance")
    parser.add_argument("--tiny", action="store_true", help="only see that the rows run")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
