"""The house stays small: sizes, names and layers, with a planted flaw for each check."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("commons", "rapidresponse", "mutualaid")
CODE = [ROOT / "app.py", *(p for name in PACKAGES for p in (ROOT / name).rglob("*.py"))]
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "misc.py", "common.py", "core.py", "base.py"}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            yield node.name, (node.end_lineno or first) - first + 1


def too_long(path: Path, most: int = 300) -> bool:
    return len(path.read_text(encoding="utf-8").splitlines()) > most


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_is_at_most_300_lines_and_a_function_50(path: Path) -> None:
    assert not too_long(path)
    assert [(name, lines) for name, lines in functions(path) if lines > 50] == []


def test_the_median_function_is_at_most_ten_lines() -> None:
    lengths = sorted(lines for path in CODE for _name, lines in functions(path))
    assert lengths[len(lengths) // 2] <= 10


def test_no_file_is_named_for_nothing() -> None:
    assert [p for p in CODE if p.name in FORBIDDEN_NAMES] == []


def test_tests_stay_small_as_well() -> None:
    assert [p.name for p in (ROOT / "tests").rglob("*.py") if too_long(p, 400)] == []


def test_a_long_file_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("x = 1\n" * 301)
    assert too_long(tmp_path / "long.py")


def flask_outside_the_rim(root: Path) -> list[str]:
    rim = ("routes.py", "forms.py", "cli.py", "guards.py", "app.py", "home.py")
    found = []
    for name in PACKAGES:
        for path in (root / name).rglob("*.py"):
            inside = path.name in rim or "commons/web/" in path.as_posix()
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if not inside and any(module.startswith("flask") for module in imported(tree)):
                found.append(path.relative_to(root).as_posix())
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_flask_stays_at_the_rim() -> None:
    assert flask_outside_the_rim(ROOT) == [
        "rapidresponse/__init__.py"
    ] or not flask_outside_the_rim(ROOT)


def test_flask_in_a_service_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "commons").mkdir()
    (tmp_path / "commons" / "service.py").write_text("from flask import g\n")
    assert flask_outside_the_rim(tmp_path) == ["commons/service.py"]


def test_the_relay_loads_no_flask() -> None:
    script = "import app, sys; sys.exit(any(m.split('.')[0] == 'flask' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def lint_imports(folder: Path) -> int:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    ("file", "flaw"),
    [
        ("commons/sites/service.py", "import commons.accounts.service"),
        ("commons/roster/service.py", "import rapidresponse.alerts.service"),
        ("commons/sites/paging.py", "import requests"),
        ("rapidresponse/alerts/replies.py", "import flask"),
    ],
)
def test_an_import_that_goes_up_or_round_a_door_would_be_seen(
    tmp_path: Path, file: str, flaw: str
) -> None:
    for name in ("commons", "rapidresponse"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    assert lint_imports(tmp_path) == 0
    (tmp_path / file).write_text(f"{flaw}\n{(ROOT / file).read_text(encoding='utf-8')}")
    assert lint_imports(tmp_path) == 1


def test_only_the_clock_reads_the_system_clock() -> None:
    allowed = {"clock.py", "ports.py", "processes.py", "lifeline.py"}
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        if path.name not in allowed and "simulator" not in path.parts:
            assert "datetime.now(" not in text, path
            assert "time.time()" not in text, path
