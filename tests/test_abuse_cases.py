"""Every abuse case that is built has a test, and docs/abuse-cases.md says which."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "abuse-cases.md"
# Accounts and access (26 to 43), authorisation and privacy (44 to 53), pages and input (54 to 66),
# what is stored (67 to 80); of these the ones whose feature is there.
NUMBERS = (*range(26, 58), *range(60, 68), 69, 70, 71, 74, 76, 77)
ROW = re.compile(r"^\| (\d+) \|.*\| ([^|]+) \|$", re.M)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def listed(text: str) -> dict[int, list[tuple[str, str]]]:
    """Return the tests that the page names for each case."""
    return {int(number): NAMED.findall(tests) for number, tests in ROW.findall(text)}


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def faults(text: str) -> Iterator[str]:
    found = listed(text)
    yield from (f"case {number} has no row" for number in NUMBERS if number not in found)
    for number, tests in found.items():
        if not tests:
            yield f"case {number} names no test"
        for path, name in tests:
            if not (ROOT / path).is_file():
                yield f"case {number}: there is no file {path}"
            elif name not in functions(ROOT / path):
                yield f"case {number}: {path} has no test {name}"


def test_every_case_has_tests_that_exist() -> None:
    assert list(faults(PAGE.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("| 26 | a | b | none |", "case 26 names no test"),
        ("| 26 | a | b | `tests/nowhere.py::test_x` |", "there is no file tests/nowhere.py"),
        ("| 26 | a | b | `tests/test_abuse_cases.py::test_gone` |", "has no test test_gone"),
    ],
)
def test_a_case_without_its_test_would_be_seen(row: str, said: str) -> None:
    assert any(said in fault for fault in faults(row))
    assert any("case 27 has no row" in fault for fault in faults(row))
