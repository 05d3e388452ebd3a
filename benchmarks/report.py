"""The table on the terminal, results.json, and the page that keeps the last good table."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.figures import Figure, Line

RESULTS = Path(__file__).with_name("results.json")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEADINGS = ("Row", "What", "Unit", "Ours", "Peer", "Limit", "To peer", "To limit", "Goal", "")


def cells(line: Line) -> tuple[str, ...]:
    """Return the cells of a line of the table."""
    goals = "; ".join(goal.verdict() for goal in line.goals)
    return (
        line.row, line.what, line.unit, _words(line.ours), _words(line.peer), _words(line.limit),
        _times(line.ratio_peer), _times(line.ratio_limit), line.left_out or goals, line.verdict(),
    )  # fmt: skip


def _words(figure: Figure | None) -> str:
    return figure.words() if figure else ""


def _times(figure: Figure | None) -> str:
    return f"× {figure.words()}" if figure else ""


def table(lines: Sequence[Line]) -> str:
    """Return the table for a terminal, with what must be known of each line below it."""
    rows = [HEADINGS, *map(cells, lines)]
    # The names of things come first in each block; the figures of one line stay together.
    widths = [max(_width(row[n]) for row in rows) for n in range(len(HEADINGS))]
    told = [
        "  ".join(cell + " " * (widths[n] - _width(cell)) for n, cell in enumerate(row)).rstrip()
        for row in rows
    ]
    told.insert(1, "  ".join("-" * width for width in widths).rstrip())
    return "\n".join([*told, "", *notes(lines)])


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(char) else 1 for char in text)


def notes(lines: Iterable[Line]) -> list[str]:
    """Return each note once, with the rows it is about."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.note and line.row not in found.setdefault(line.note, []):
            found[line.note].append(line.row)
    return [f"{', '.join(rows)}: {note}" for note, rows in found.items()]


def keep_results(lines: Sequence[Line], path: Path = RESULTS) -> None:
    """Write the lines by name; the rows that were not measured now stay as they were."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    measured = {line.row for line in lines}
    kept = {name: one for name, one in kept.items() if name.split(":")[0] not in measured}
    kept.update({f"{line.row}: {line.what}": line.stored() for line in lines})
    text = json.dumps(dict(sorted(kept.items())), ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def keep_page(lines: Sequence[Line], machine: Sequence[str], path: Path = PAGE) -> None:
    """Put the table and the machine into the page, in the place of the last ones."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    rows = [HEADINGS, ["---"] * len(HEADINGS), *map(cells, lines)]
    written = [
        *(f"- {fact}" for fact in machine), "",
        *(f"| {' | '.join(row)} |" for row in rows), "",
        *(f"- {note}" for note in notes(lines)),
    ]  # fmt: skip
    path.write_text("\n".join([before + BEGIN, *written, END + after]), encoding="utf-8")
