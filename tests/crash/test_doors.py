"""Nothing touches the outside but by a door that the crash-point harness watches.

Whoever needs another door adds it here with the reason why a crash at it can do no harm, or
better: calls one of those that are there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.test_architecture import CODE, ROOT, imported

# The weather around the gateway, a program of its own that no installation runs.
SIMULATOR = "commons/messaging/simulator/"
ALLOWED = {
    "a database session of its own": {
        "commons/messaging/singleton.py": "holds a lock that ends with the process, writes nothing",
    },
    "a transaction of its own": {
        "commons/database.py": "this is the door",
    },
    "the network": {
        "commons/messaging/gateway.py": "this is the door",
        "commons/messaging/doorbell.py": "a lost ring costs one poll of a second",
        "commons/ports.py": "asks whether a port is free",
        "commons/processes.py": "asks whether our own web answers",
    },
    "a file": {
        "commons/effects.py": "this is the door",
        "commons/sites/directory.py": "written beside, then through the door",
        "commons/i18n.py": "written beside, then through the door",
        "commons/crypto.py": "the key file: made once, by a person, before anything is there",
        "commons/migration.py": "a lock, which is never written to",
        "commons/messaging/singleton.py": "a lock, which is never written to",
        "commons/supervisor.py": "a lock, which is never written to",
        "commons/catalogs.py": "a developer's command on the sources",
        "commons/demonstration/loader.py": "invented people, made anew in a moment",
        "commons/demonstration/people.py": "invented people, made anew in a moment",
        "commons/demonstration/prepare.py": "invented people, made anew in a moment",
    },
}
NETWORK = ("requests", "urllib3", "socket", "http.client", "urllib.request", "smtplib", "ftplib")
SESSIONS = ("sqlite3", "sqlcipher3", "psycopg")


def called(tree: ast.AST) -> Iterator[tuple[str, str, ast.Call]]:
    """Yield what each call is called on, the name of the call, and the call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                owner = node.func.value
                on = getattr(owner, "id", None) or getattr(owner, "attr", "?")
                yield on, node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield "", node.func.id, node


def session(tree: ast.AST) -> bool:
    return any(owner in SESSIONS and name == "connect" for owner, name, _call in called(tree))


def own_transaction(tree: ast.AST) -> bool:
    verbs = {"begin", "commit", "rollback", "savepoint"}
    return any(
        name in ("atomic", "manual_commit") or (name in verbs and owner in ("database", "obj"))
        for owner, name, _call in called(tree)
    )


def network(tree: ast.AST) -> bool:
    return any(
        module == door or module.startswith(f"{door}.")
        for module in imported(tree)
        for door in NETWORK
    )


def mode_of(owner: str, call: ast.Call) -> str:
    """The mode that a file is opened with: `open(path, mode)` or `path.open(mode)`."""
    given = [*call.args[0 if owner else 1 :], *(k.value for k in call.keywords if k.arg == "mode")]
    first = given[0] if given else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "r"


def writes(owner: str, name: str, call: ast.Call) -> bool:
    if name == "open" and owner != "os":
        return bool(set(mode_of(owner, call)) & set("wax+"))
    if name in ("write_text", "write_bytes"):
        return True
    if owner in ("os", "shutil"):
        return name in ("open", "replace", "rename", "copy", "copyfile", "copytree", "move")
    # A path's own: a text's `replace` takes two, a row's only keywords; a link is a row.
    of_a_path = len(call.args) == 1 and not call.keywords and owner != "links"
    return name in ("replace", "rename") and of_a_path


def file(tree: ast.AST) -> bool:
    return any(writes(*one) for one in called(tree))


LOOKS: dict[str, Callable[[ast.AST], bool]] = {
    "a database session of its own": session,
    "a transaction of its own": own_transaction,
    "the network": network,
    "a file": file,
}


@pytest.mark.parametrize("door", LOOKS)
def test_the_outside_is_touched_by_known_doors_alone(door: str) -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in CODE
        if LOOKS[door](ast.parse(path.read_text(encoding="utf-8")))
    }
    found = {path for path in found if not path.startswith(SIMULATOR)}
    assert found == set(ALLOWED[door])


@pytest.mark.parametrize(
    ("door", "code"),
    [
        ("a database session of its own", "psycopg.connect('x')"),
        ("a database session of its own", "import sqlite3\nsqlite3.connect('x')"),
        ("a transaction of its own", "with database.atomic():\n    pass"),
        ("a transaction of its own", "database.obj.commit()"),
        ("the network", "import requests"),
        ("the network", "from http.client import HTTPConnection"),
        ("the network", "import socket"),
        ("a file", "open('x', 'w')"),
        ("a file", "path.open('ab')"),
        ("a file", "Path('x').open(mode='w')"),
        ("a file", "path.write_text('x')"),
        ("a file", "os.replace(a, b)"),
        ("a file", "part.replace(target)"),
        ("a file", "part.rename(target)"),
        ("a file", "os.open('x', os.O_WRONLY)"),
    ],
)
def test_a_side_door_would_be_seen(door: str, code: str) -> None:
    assert LOOKS[door](ast.parse(code))


@pytest.mark.parametrize(
    "code",
    ["'a'.replace('b', 'c')", "now.replace(hour=1)", "open('x')", "path.open('rb')", "re.open()"],
)
def test_what_only_reads_is_no_side_door(code: str) -> None:
    assert not any(look(ast.parse(code)) for look in LOOKS.values())
