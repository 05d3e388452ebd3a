"""Every row runs to its end with tiny sizes; how fast it is does not matter here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

# The rows that start whole installations many times are run by `make bench` alone.
QUICK = ("B2", "B10", "P1")
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
