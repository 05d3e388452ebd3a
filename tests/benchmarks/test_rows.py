"""Every row runs to its end with tiny sizes; how fast it is does not matter here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.rows.guessing import area_under

# The rows that start whole installations many times are run by `make bench` alone.
QUICK = ("B2", "B10", "B13", "S1", "P1")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("row", QUICK)
def test_a_row_runs_and_writes_its_lines(row: str, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", row, "--tiny", "--results", str(results)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    # 1 says that something fell short, which at these sizes it may.
    assert ran.returncode in (0, 1), ran.stderr
    kept = json.loads(results.read_text())
    assert kept
    assert all(name.startswith(f"{row}: ") for name in kept)
    assert all(one["ours"] or one["left_out"] for one in kept.values())


def test_an_unknown_row_is_refused() -> None:
    command = [sys.executable, "-m", "benchmarks", "B99"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 2


def test_the_area_is_half_by_chance_and_one_where_the_clock_tells() -> None:
    assert area_under([3, 4, 5], [0, 1, 2]) == 1
    assert area_under([0, 1, 2], [3, 4, 5]) == 0
    assert area_under([1, 2, 2, 3], [1, 2, 2, 3]) == 0.5
    assert area_under([1, 3], [2, 2]) == 0.5
