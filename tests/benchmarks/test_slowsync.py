"""The slow disk of B3 counts every fsync of the process that has it, and of no other."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.figures import LeftOut
from benchmarks.slowsync import library, slow_disk

THREE = """
import os
with open(os.environ["FILE"], "wb") as file:
    os.fsync(file.fileno())
    os.fdatasync(file.fileno())
    os.fsync(file.fileno())
"""


def test_every_fsync_is_counted_and_still_happens(tmp_path: Path) -> None:
    try:
        disk = slow_disk(library(tmp_path), tmp_path / "count", 0.001)
    except LeftOut as reason:
        pytest.skip(str(reason))
    env = {"FILE": str(tmp_path / "written")}
    subprocess.run([sys.executable, "-c", THREE], env=env, check=True)
    assert disk.counted() == 0
    subprocess.run([sys.executable, "-c", THREE], env={**env, **disk.env}, check=True)
    assert disk.counted() == 3


def test_without_a_compiler_the_row_is_left_out(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(LeftOut):
        library(tmp_path)
