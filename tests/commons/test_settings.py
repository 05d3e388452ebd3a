"""Settings are read once, and everything that is wrong with them is said at once."""

from pathlib import Path

import pytest

from commons import crypto
from commons.errors import ConfigurationError
from commons.settings import Settings, environment
from tests.conftest import settings_for


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    wrong = {
        "FAROLITO_DATABASE_URL": "mysql://x",
        "FAROLITO_GATEWAY_ACCOUNT": "12",
        "FAROLITO_OLD": "",
    }
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment(wrong)
    for name in (
        "DATA",
        "DATABASE_URL",
        "KEY_FILE",
        "PUBLIC_URL",
        "GATEWAY_URL",
        "GATEWAY_ACCOUNT",
    ):
        assert f"FAROLITO_{name} " in str(caught.value)
    assert "FAROLITO_OLD is not a setting" in str(caught.value)


def test_no_secret_has_a_default(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="at least 22 random characters"):
        settings_for(tmp_path, "sqlite:///x", receive="webhook")


def test_keys_and_secrets_stay_out_of_what_is_printed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "sqlite:///x", webhook_secret="s" * 40)
    assert "s" * 40 not in repr(settings)
    assert settings.keys.root.hex() not in repr(settings)
    assert repr(settings.keys.root) not in repr(settings)
    assert settings.gateway_account not in repr(settings)


def test_a_demonstration_refuses_any_gateway_but_one_on_this_machine(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="must be the simulator"):
        settings_for(tmp_path, "sqlite:///x", gateway_url="https://gateway.example")


def test_a_key_file_that_cannot_be_used_is_named_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('root = "c2hvcnQ="\ncurrent = 1\n[keys]\n1 = "c2hvcnQ="\n')
    with pytest.raises(ConfigurationError, match="wrong length") as caught:
        Settings.from_environment({"FAROLITO_KEY_FILE": str(file)})
    assert "c2hvcnQ=" not in str(caught.value)


def test_the_data_folder_can_hold_the_settings(tmp_path: Path) -> None:
    (tmp_path / "farolito.env").write_text(
        "# words\nFAROLITO_LOG_LEVEL=DEBUG\nFAROLITO_RECEIVE=polling\n"
    )
    given = environment({"FAROLITO_DATA": str(tmp_path), "FAROLITO_LOG_LEVEL": "ERROR"})
    assert given["FAROLITO_RECEIVE"] == "polling"
    assert given["FAROLITO_LOG_LEVEL"] == "ERROR"


def test_the_database_is_encrypted_unless_told_otherwise(tmp_path: Path) -> None:
    ring = crypto.KeyRing.generate()
    settings = Settings.from_environment(
        {
            "FAROLITO_DATA": str(tmp_path),
            "FAROLITO_KEYS": ring.text(),
            "FAROLITO_PUBLIC_URL": "https://a.example/",
            "FAROLITO_GATEWAY_URL": "http://127.0.0.1:8080",
            "FAROLITO_GATEWAY_ACCOUNT": "+12135550100",
        }
    )
    assert settings.database_url.startswith("sqlcipher:///")
    assert settings.public_url == "https://a.example"
