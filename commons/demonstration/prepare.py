"""What must be there before the parts start: keys, settings, migrations, demonstration data."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from commons import crypto, database, i18n, installation, migration
from commons.demonstration import loader
from commons.settings import Settings, environment
from commons.supervisor import Prepared, ServeOptions

RELAY_NUMBER = "+19095550100"  # fictitious, as all 555-01xx numbers are


def prepare(options: ServeOptions) -> Prepared:
    """Make or find everything that an installation needs; called once before the parts start.

    Raises ConfigurationError with every fault in the settings, or when the key is not the one
    that the data was sealed with.
    """
    lines: list[str] = []
    given = environment({**os.environ, "FAROLITO_DATA": str(options.data)})
    if options.demonstration:
        given = {**given, **_demonstration(options, given, lines)}
    settings = Settings.from_environment(given)
    crypto.use(settings.keys)
    i18n.compile_catalogs()
    database.open_database(settings)
    migration.migrate(settings.data)
    installation.check_key(settings)
    installation.check_demonstration(settings)
    if settings.demonstration:
        lines += loader.load(settings)
    database.database.obj.close_all()
    env = {name: value for name, value in given.items() if name.startswith("FAROLITO_")}
    return Prepared(env, lines)


def _demonstration(
    options: ServeOptions, given: dict[str, str], lines: list[str]
) -> dict[str, str]:
    key_file = options.data / "keys.toml"
    if not key_file.exists():
        crypto.make_key_file(key_file)
        lines.append(f"A key file was made: {key_file}. Back it up apart from the data.")
    values = {
        "FAROLITO_DATA": str(options.data),
        "FAROLITO_KEY_FILE": str(key_file),
        "FAROLITO_PUBLIC_URL": _address(options),
        "FAROLITO_GATEWAY_URL": options.simulator_url,
        "FAROLITO_SIMULATOR_URL": options.simulator_url,
        "FAROLITO_GATEWAY_ACCOUNT": RELAY_NUMBER,
        "FAROLITO_RECEIVE": "webhook",
        "FAROLITO_WEBHOOK_SECRET": given.get("FAROLITO_WEBHOOK_SECRET")
        or secrets.token_urlsafe(32),
        "FAROLITO_DEMONSTRATION": "yes",
        "FAROLITO_LOG_LEVEL": given.get("FAROLITO_LOG_LEVEL") or "WARNING",
    }
    _keep(options.data / "farolito.env", values)
    return values


def _address(options: ServeOptions) -> str:
    """Return what links begin with: a proxy's address where one stands before a network."""
    # Not from the kept settings: the last start may have been on another port.
    asked = os.environ.get("FAROLITO_PUBLIC_URL") if options.host != "127.0.0.1" else None
    return asked or options.url


def _keep(file: Path, values: dict[str, str]) -> None:
    """Write the settings down, so that `farolito sites import` and the like find them."""
    text = "# Made by `make run`: the settings of this demonstration.\n"
    text += "".join(f"{name}={value}\n" for name, value in values.items())
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
