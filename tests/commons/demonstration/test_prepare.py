"""A first start makes keys and settings; a later one finds them and loses nothing."""

import stat
from pathlib import Path

import pytest

from commons import database
from commons.demonstration.prepare import prepare
from commons.errors import ConfigurationError
from commons.supervisor import ServeOptions


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServeOptions:
    monkeypatch.delenv("FAROLITO_DATABASE_URL", raising=False)
    return ServeOptions(tmp_path, port=8000, demonstration=True, simulator_port=9000)


def test_the_first_start_makes_a_key_for_its_owner_alone_and_says_to_keep_a_copy(
    options: ServeOptions,
) -> None:
    made = prepare(options)
    key = options.data / "keys.toml"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert any("Back it up" in line for line in made.lines)
    assert made.env["FAROLITO_GATEWAY_URL"] == "http://127.0.0.1:9000"


def test_the_second_start_keeps_the_data_and_the_secret(options: ServeOptions) -> None:
    first, second = prepare(options), prepare(options)
    assert first.env["FAROLITO_WEBHOOK_SECRET"] == second.env["FAROLITO_WEBHOOK_SECRET"]
    assert not any("Back it up" in line for line in second.lines)


def test_another_key_is_refused_in_plain_words(options: ServeOptions) -> None:
    prepare(options)
    (options.data / "keys.toml").unlink()
    with pytest.raises(ConfigurationError, match="does not open with this key"):
        prepare(options)
    database.database.obj.close_all()
