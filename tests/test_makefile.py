"""The commands, the locks and the pages about them keep what they promise."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from commons.settings import KNOWN, PREFIX

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
TOOLS = ("sh", "sed", "dirname", "cksum", "cat", "make", "expand", "tr")


def names(requirements: list[str]) -> list[str]:
    """Return the bare names of some requirements."""
    return [re.split(r"[^A-Za-z0-9._-]", text)[0].lower() for text in requirements]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what the commands read, with no environment in it."""
    folder = tmp_path / "copy"
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("Makefile", "pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, folder)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"{tool} is not on this machine"
        (tmp_path / "bin" / tool).symlink_to(found)
    return folder


def program(path: Path, text: str) -> None:
    """Write a shell program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def make(copy: Path, target: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one target with nothing on the PATH but the named tools."""
    words = [f"{name}={value}" for name, value in settings.items()]
    return subprocess.run(
        ["make", "--no-print-directory", target, *words], cwd=copy, text=True, check=False,
        env={"PATH": str(copy.parent / "bin"), "HOME": str(copy)}, capture_output=True,
    )  # fmt: skip


def test_help_lists_the_commands(copy: Path) -> None:
    said = make(copy, "help").stdout
    for target in ("setup", "run", "test", "check", "bench", "translations", "locks"):
        assert f"  make {target} " in said


def test_a_machine_without_python_is_told_so_in_one_sentence(copy: Path) -> None:
    done = make(copy, "run")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "Farolito needs Python 3.11, 3.12, 3.13 or 3.14 and found none: "
        "install one and run this again."
    )


def test_a_shim_with_nothing_behind_it_is_no_python(copy: Path) -> None:
    program(copy.parent / "bin" / "python3.14", "echo 'command not found' >&2; exit 127")
    assert "found none" in make(copy, "run").stderr


def test_a_python_without_venv_names_the_package(copy: Path) -> None:
    refuse = f'case "$2" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"'
    program(copy.parent / "bin" / "python3.12", refuse)
    done = make(copy, "run")
    assert done.stderr.startswith("python3.12 has no venv module: install it (on Debian")
    assert "sudo apt-get install python3-venv" in done.stderr


def test_what_was_installed_is_not_installed_again(copy: Path) -> None:
    program(copy / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    calls = copy / "calls"
    program(copy / "uv", f'echo "$@" >> {calls}')
    uv = str(copy / "uv")

    assert make(copy, "setup", UV=uv).returncode == 0
    assert calls.read_text().count("\n") == 2
    assert make(copy, "setup", UV=uv).stderr == ""
    assert calls.read_text().count("\n") == 2

    with (copy / "requirements" / "run.txt").open("a") as lock:
        lock.write("# changed\n")
    assert make(copy, "setup", UV=uv).returncode == 0
    assert "-r requirements/run.txt -r requirements/build.txt" in calls.read_text()
    assert calls.read_text().count("\n") == 4


def test_a_failed_install_is_tried_again(copy: Path) -> None:
    program(copy / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    program(copy / "uv", "echo 'no network' >&2; exit 1")
    for _ in range(2):
        done = make(copy, "setup", UV=str(copy / "uv"))
        assert "The packages could not be installed; the lines above say why." in done.stderr
        assert done.returncode == 2


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_hashes_and_names_no_index(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--?(i|index|extra|find|trusted)", text, re.MULTILINE)
    for entry in re.split(r"\n(?=[a-z0-9])", text)[1:]:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry)
        assert "--hash=sha256:" in entry


def test_every_dependency_is_locked_and_decided() -> None:
    run = names(PROJECT["project"]["dependencies"])
    develop = names([text for text in PROJECT["dependency-groups"]["dev"] if isinstance(text, str)])
    decisions = (ROOT / "docs" / "decisions.md").read_text()
    assert [name for name in run + develop if f"`{name}`" not in decisions] == []
    locked = {path.stem: path.read_text() for path in LOCKS}
    assert [name for name in run if f"\n{name}" not in locked["run"]] == []
    assert [name for name in run + develop if f"\n{name}" not in locked["dev"]] == []


def test_the_locks_agree() -> None:
    # A package may be locked twice, for older and for newer Pythons.
    pinned: dict[str, dict[str, set[str]]] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([a-z0-9._-]+)\S*==(\S+)", lock.read_text(), re.M):
            pinned.setdefault(lock.stem, {}).setdefault(name, set()).add(version)
    for lesser in ("run", "build"):
        found = {name: pinned["dev"].get(name) for name in pinned[lesser]}
        assert found == pinned[lesser]


def test_ci_checks_and_tests_what_a_person_does() -> None:
    script = ROOT / ".ci" / "run"
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.read_text().endswith("\nmake check\nmake test\n")
    assert os.access(ROOT / "scripts" / "environment", os.X_OK)


def test_the_budget_sums_to_ten_minutes() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    parts = [int(seconds) for seconds in re.findall(r"^\|.*\| (\d+) \|$", text, re.MULTILINE)]
    assert sum(parts) == 600
    assert "| **600** |" in text


def test_the_readme_lists_every_setting() -> None:
    text = (ROOT / "README.md").read_text()
    listed = set(re.findall(rf"^\| `{PREFIX}([A-Z_]+)` \|", text, re.MULTILINE))
    assert listed == KNOWN


def test_the_licence_is_the_whole_text() -> None:
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
