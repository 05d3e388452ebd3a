"""Scenarios of upkeep: what has lived its days goes, tables change, lists are replaced."""

from __future__ import annotations

from collections.abc import Iterator

from commons import clock, migration, retention
from commons.database import database
from commons.messaging import receiver
from commons.permissions import CONSOLE
from commons.roster.models import Consent, ConsentState, Person
from commons.sites import directory
from tests import builders
from tests.crash.points.people import said
from tests.crash.points.scenarios import Scenario, scenario
from tests.crash.points.world import World

YEAR = 365 * 86_400
PLACES = """name,kind,latitude,longitude
Harbor Library,library,34.01,-118.0
Elm Park,park,34.02,-118.0
"""


@scenario("purge")
class Purge(Scenario):
    """What is too old is gone, and what a hold covers is not."""

    hold_kept = 2

    def setup(self, world: World) -> None:
        for name, people in (("Lincoln", 3), ("Brookside", self.hold_kept)):
            site = builders.a_site(name)
            for _one in range(people):
                person = builders.a_person(site, consent=ConsentState.WITHDRAWN)
                receiver.store(said(builders.number_of(person), "thank you"))
        Consent.update(withdrawn_at=clock.now()).execute()
        retention.place_hold(CONSOLE, f"site:{site.public_id}", "counsel asked")
        world.move(YEAR)

    def act(self, world: World) -> None:
        retention.purge(clock.now())
        world.answered("purged")

    def check(self, world: World) -> Iterator[str]:
        if Person.select().count() != self.hold_kept:
            yield f"{Person.select().count()} people are left"
        left = {table: n for table, n in retention.purge(clock.now()).items() if n}
        if left:
            yield f"a second purge found more: {left}"


@scenario("migration")
class Migration(Scenario):
    """A database is brought from nothing to now; a start after the crash goes on."""

    base = "empty"
    again = False
    # Between two commits all its statements leave the same behind.
    share = 1 / 3

    def act(self, world: World) -> None:
        migration.migrate(world.settings.data)
        world.answered("migrated")

    def start(self, world: World) -> None:
        self.act(world)

    def check(self, world: World) -> Iterator[str]:
        if migration.pending():
            yield f"still to be done: {migration.pending()}"
        if not retention.Hold.table_exists():
            yield "a table is missing"
        names = {row[0] for row in database.execute_sql(self.triggers()).fetchall()}
        if not any(name.startswith("audit_link_no_") for name in names):
            yield "the audit can be changed"

    def triggers(self) -> str:
        if migration.is_sqlite():
            return "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        return "SELECT tgname FROM pg_trigger"


@scenario("places")
class Places(Scenario):
    """A list of public places is replaced whole or not at all."""

    def setup(self, world: World) -> None:
        (world.settings.data / "given.csv").write_text(PLACES, encoding="utf-8")

    def act(self, world: World) -> None:
        directory.use(world.settings.data)
        directory.import_places(CONSOLE, world.settings.data / "given.csv", "county list")
        world.answered("imported")

    def check(self, world: World) -> Iterator[str]:
        directory.use(world.settings.data)
        if len(directory.known()) != 2:
            yield f"{len(directory.known())} places are known"
