"""A test's end of the process that all runs are forked from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[3]
# A number; another one takes other samples. What fails names it.
SEED = int(os.environ.get("FAROLITO_TEST_CRASH_SEED", "4"))
# How many runs of each scenario are killed a second time, while the restart recovers.
TWICE = 4
# One run alone, as a failure names it: `close 17n`.
ONLY = os.environ.get("FAROLITO_TEST_CRASH", "").rpartition(" ")


class Runs:
    """Takes orders for runs on one engine, one scenario after the other."""

    def __init__(self, engine: str, **given: Any) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FAROLITO_")}
        if "FAROLITO_TEST_POSTGRES" in os.environ:
            environment["FAROLITO_TEST_POSTGRES"] = os.environ["FAROLITO_TEST_POSTGRES"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.points"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**environment, "PYTHONPATH": str(ROOT)},
            text=True,
        )
        self._say({"engine": engine, **given})

    def _say(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def order(self, name: str, **given: Any) -> dict[str, Any]:
        """Run a scenario, or the one run that the environment asks for; return the report."""
        scenario, _, only = ONLY
        if scenario == name:
            given["only"] = only
        self._say({"name": name, "seed": SEED, **given})
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the runs of {name} ended without a report"
        report: dict[str, Any] = json.loads(line)
        each, cpu = (1000 * report[kind] / report["runs"] for kind in ("seconds", "cpu"))
        print(f"{name}: {report['runs']} runs, {each:.0f} ms each ({cpu:.0f} of CPU), seed {SEED}")
        return report

    def __enter__(self) -> Self:
        """Be ready for orders."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take no more orders, and wait until everything is cleared away."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def told(report: dict[str, Any]) -> str:
    """Return what failed, and how each of the first runs is run again alone."""
    lines = [f"{len(report['faults'])} of {report['runs']} runs left something wrong:"]
    for run, found in list(report["faults"].items())[:5]:
        k = int(run.rstrip("n").partition("+")[0])
        point = report["points"][k - 1] if 0 < k <= len(report["points"]) else "no kill"
        again = f'FAROLITO_TEST_CRASH="{report["scenario"]} {run}" FAROLITO_TEST_CRASH_SEED={SEED}'
        lines += [f"run {run}, killed at {point}; again with: {again}", *(f"  {f}" for f in found)]
    return "\n".join(lines)
