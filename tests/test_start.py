"""What a start loads, and what it leaves until somebody needs it."""

import subprocess
import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from werkzeug.routing import Map, Rule

from commons import crypto
from commons.web.compiled import CompiledTemplates
from commons.web.rules import LateRule
from tests.conftest import POSTGRES, _engine, left_out

ROOT = Path(__file__).resolve().parents[1]
# Each costs every start more than 20 ms, and most installations few of their pages.
LATER = ("psycopg", "limits", "phonenumbers", "geopy", "segno", "requests", "playhouse.migrations")
START = """
import os, sys, app
app.create_app()
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""
LATE_DRIVER = """
import sys, app
from commons import database
assert "psycopg" not in sys.modules
engine = database._postgresql(sys.argv[1])
database.database.initialize(engine)
try:
    with database.transaction():
        engine.execute_sql("CREATE TABLE left_behind (id integer)")
        raise ValueError
except ValueError:
    pass
with database.connection():
    print(engine.table_exists("left_behind"), engine.execute_sql("SELECT 2").fetchone()[0])
"""


def told(script: str, *words: str, **env: str) -> str:
    command = [sys.executable, "-c", script, *words]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_a_start_on_sqlcipher_leaves_the_heavy_libraries_for_later(tmp_path: Path) -> None:
    env = {
        "FAROLITO_DATA": str(tmp_path),
        "FAROLITO_KEYS": crypto.KeyRing.generate().text(),
        "FAROLITO_PUBLIC_URL": "https://farolito.test",
        "FAROLITO_GATEWAY_URL": "http://127.0.0.1:9",
        "FAROLITO_GATEWAY_ACCOUNT": "+12135550100",
    }
    assert told(START, *LATER, **env) == ""
    assert told(START, "flask", **env) == "flask", "a library that is loaded would be seen"


def test_the_driver_that_comes_late_connects_commits_and_rolls_back(_engines: dict) -> None:
    if _engine("postgresql", _engines) is None:
        left_out("PostgreSQL does not answer: this test was left out")
    assert told(LATE_DRIVER, POSTGRES) == "False 2"


def test_a_late_rule_builds_the_addresses_that_werkzeugs_own_builds() -> None:
    rules = ("/", "/sites/<string:public_id>", "/of/<int:build>/<path:rule>/<self_>")
    values = {"public_id": "é/x", "build": 7, "rule": "a/b c", "self_": "s", "name": "q&r"}
    late, own = (
        Map([kind(rule, endpoint=rule) for rule in rules]).bind("farolito.test")
        for kind in (LateRule, Rule)
    )
    for _twice in range(2):
        for rule in rules:
            assert late.build(rule, values) == own.build(rule, values)
            assert late.build(rule, values, append_unknown=False) == own.build(
                rule, values, append_unknown=False
            )


def test_a_compiled_template_is_kept_and_never_shown_stale(tmp_path: Path, monkeypatch) -> None:
    def shown() -> str:
        loader = FileSystemLoader(tmp_path)
        cache = CompiledTemplates(tmp_path)
        return Environment(loader=loader, bytecode_cache=cache).get_template("page.html").render()

    def kept() -> list[Path]:
        return list(tmp_path.rglob("*.jinja"))

    monkeypatch.setattr(sys, "pycache_prefix", None)
    page = tmp_path / "page.html"
    page.write_text("one {{ 1 }}")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert (shown(), kept()) == ("one 1", [])
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert (shown(), len(kept())) == ("one 1", 1)
    assert kept()[0].parent == tmp_path / "__pycache__"
    page.write_text("two {{ 2 }}")
    assert shown() == "two 2"
    kept()[0].write_bytes(b"damaged")
    assert shown() == "two 2"


def test_templates_are_shown_from_a_folder_that_nobody_may_write(
    tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "page.html").write_text("fine")
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    cache = CompiledTemplates(tmp_path)
    # A file where the folder belongs: root may write into every folder.
    cache.folder.touch()
    env = Environment(loader=FileSystemLoader(tmp_path), bytecode_cache=cache)
    assert env.get_template("page.html").render() == "fine"
