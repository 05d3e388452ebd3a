"""Loading the demonstration district, once, by the same ways that an installation uses."""

from __future__ import annotations

import json
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from commons import clock, crypto
from commons.accounts import memberships, sessions
from commons.accounts import service as accounts
from commons.accounts.models import Account
from commons.database import connection, transaction
from commons.demonstration import people
from commons.installation import Installation
from commons.permissions import CONSOLE, Role
from commons.roster.importer import import_roster
from commons.settings import Settings
from commons.sites import service as sites
from commons.sites.importer import import_sites
from commons.sites.models import Site, SitePlace

FOLDER = Path(__file__).parent
LOADED = "demonstration-loaded"
# Whom the newcomer may be; the names are theirs alone and nobody's telephone is behind them.
VISITORS = (
    ("lead", "Marisol Vega", Role.SITE_LEAD, "jacaranda"),
    ("administrator", "Theo Okafor", Role.ADMINISTRATOR, "jacaranda"),
    ("second-lead", "Nare Petrosyan", Role.SITE_LEAD, "mariposa"),
    ("dispatcher", "Jin Park", Role.DISPATCHER, ""),
)
LINK_MINUTES = 12 * 60


def load(settings: Settings) -> list[str]:
    """Load what is not there yet; return the lines that tell a newcomer how to sign in."""
    with connection():
        password = _password(settings.data / "password.txt")
        if Installation.get_or_none(Installation.name == LOADED) is None:
            _load_district(password)
            with transaction():
                Installation.create(name=LOADED, value="yes")
        _write_phones(settings.data / "phones.json")
        return [*_sign_in_lines(settings), f"If a page asks for a password: {password}"]


def _password(file: Path) -> str:
    """Return the visitors' password, made once; alone it signs nobody in."""
    if not file.exists():
        letters = crypto.public_id().lower()
        file.write_text("-".join(letters[n : n + 4] for n in range(0, 16, 4)), encoding="utf-8")
        file.chmod(0o600)
    return file.read_text(encoding="utf-8")


def _load_district(password: str) -> None:
    district = tomllib.loads((FOLDER / "district.toml").read_text(encoding="utf-8"))
    import_sites(CONSOLE, FOLDER / district["neighbors"])
    import_sites(CONSOLE, FOLDER / district["schools"])
    opened = {entry["key"]: _open(entry, district["languages"]) for entry in district["sites"]}
    with tempfile.TemporaryDirectory() as folder:
        for key, site in opened.items():
            file = Path(folder) / f"{key}.csv"
            people.write_roster_csv(file, key)
            import_roster(CONSOLE, site, file)
    for sign_in_name, name, role, key in VISITORS:
        _account(sign_in_name, name, role, opened.get(key), password)


def _open(entry: dict[str, Any], languages: list[str]) -> Site:
    site = Site.get(Site.cds_code == entry["cds_code"])
    if site.state != "open":
        site = sites.open_site(CONSOLE, site)
    with transaction():
        Site.update(languages=" ".join(languages)).where(Site.id == site.id).execute()
        SitePlace.delete().where(SitePlace.site == site).execute()
        for position, key in enumerate(entry["places"]):
            SitePlace.create(site=site, key=key, position=position)
    return site


def _account(sign_in_name: str, name: str, role: Role, site: Site | None, password: str) -> None:
    sign_in_name = f"{sign_in_name}@demonstration.example"
    if accounts.account_named(sign_in_name) is None:
        account = accounts.create_account(CONSOLE, sign_in_name=sign_in_name, name=name)
        memberships.give_role(CONSOLE, account, role, site=site)
        # What reaches many people asks for a proof that is five minutes old at most.
        accounts.set_password(sessions.actor_for(account, clock.now()), account, password)


def _write_phones(file: Path) -> None:
    """Tell the simulator whose phones there are, so that its page can name them."""
    rows = [
        {"number": row.phone, "name": row.name, "language": row.language, "site": key.title()}
        for key in people.SCHOOLS
        for row in people.people(key)
        if row.phone
    ]
    file.write_text(json.dumps(rows), encoding="utf-8")


def _sign_in_lines(settings: Settings) -> list[str]:
    lines = ["Sign in with one of these links. Each works once, within twelve hours:"]
    for sign_in_name, name, role, key in VISITORS:
        account: Account = accounts.find_account(f"{sign_in_name}@demonstration.example")
        token = accounts.make_sign_in_link(CONSOLE, account, minutes=LINK_MINUTES)
        where = f", {key.title()}" if key else ""
        words = f"{role.value.replace('_', ' ')}{where}"
        lines.append(f"  {name} ({words}): {settings.public_url}/sign-in/{token}")
    return lines
