"""A slow disk for one process: a small C library between it and the system's fsync."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import LeftOut

SOURCE = Path(__file__).with_suffix(".c")


@dataclass(frozen=True)
class SlowDisk:
    """What a process is given, and where its fsyncs are counted."""

    env: dict[str, str]
    counter: Path

    def counted(self) -> int:
        """Return how many fsyncs there were so far."""
        return int.from_bytes(self.counter.read_bytes(), sys.byteorder)


def library(folder: Path) -> Path:
    """Build the library in the folder; raise LeftOut where that is not possible."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not sys.platform.startswith("linux"):
        raise LeftOut("A disk can be made slow on Linux only.")
    if compiler is None:
        raise LeftOut("There is no C compiler to make the disk slow with.")
    built = folder / "slowsync.so"
    command = (compiler, "-shared", "-fPIC", "-O2", "-o", str(built), str(SOURCE), "-ldl")
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise LeftOut(f"The C compiler refused: {ran.stderr.strip().splitlines()[-1]}")
    return built


def slow_disk(built: Path, counter: Path, seconds: float) -> SlowDisk:
    """Return a disk whose every fsync takes so many seconds more."""
    counter.write_bytes(bytes(8))
    env = {
        "LD_PRELOAD": str(built),
        "SLOWSYNC_US": str(round(seconds * 1e6)),
        "SLOWSYNC_COUNT": str(counter),
    }
    return SlowDisk(env, counter)
