"""Where runs live: a folder in memory, and a database that is as it was before each run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from commons import database, migration
from tests.conftest import POSTGRES, PostgresDatabase, settings_for

MEMORY = Path("/dev/shm")


def folder_in_memory() -> Path:
    """Make a folder where a sync costs nothing; the usual temporary one where there is none."""
    within = MEMORY if MEMORY.is_dir() else None
    return Path(tempfile.mkdtemp(prefix="farolito-crash-", dir=within))


class Files:
    """Databases that are files: one is made ready, and every run has a copy of it."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder, self.engine = folder, engine
        database.open_database(settings_for(folder, self.url("base")))
        migration.migrate(folder)
        database.database.obj.close_all()

    def url(self, name: str) -> str:
        return f"{self.engine}:///{self.folder / name}.db"

    def begin(self, base: str, folder: Path, set_up: Callable[[Path, str], None]) -> str:
        """Make a database for the run that has this folder, and return its address."""
        ready = self.folder / "ready"
        if not ready.exists():
            ready.mkdir()
            self._copy(base, "ready")
            set_up(ready, self.url("ready"))
        shutil.copytree(ready, folder)
        self._copy("ready", folder.name)
        return self.url(folder.name)

    def _copy(self, old: str, new: str) -> None:
        source = self.folder / f"{old}.db"
        if source.exists():
            shutil.copyfile(source, self.folder / f"{new}.db")

    def end(self, folder: Path) -> None:
        """Take away what a run left."""
        for path in self.folder.glob(f"{folder.name}.db*"):
            path.unlink()
        shutil.rmtree(folder)

    def forget(self) -> None:
        """Make what the next scenario starts from anew."""
        self.end(self.folder / "ready")

    def close(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)


class Server:
    """Two databases on a PostgreSQL server, emptied and set up again for each run.

    A copy of a template for each would be simpler, but both its making and its end wait for a
    checkpoint of the whole server.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.full = PostgresDatabase(folder)
        self.bare = f"{self.full.name}_bare"
        # The server outlives every kill, so that nothing is gained by waiting for its disk.
        at_once = "ALTER DATABASE {} SET synchronous_commit = off"
        self._say(
            POSTGRES,
            f"CREATE DATABASE {self.bare}",
            *(at_once.format(name) for name in (self.full.name, self.bare)),
        )

    def _say(self, url: str, *statements: str) -> None:
        with psycopg.connect(url, autocommit=True) as server:
            for statement in statements:
                server.execute(statement)

    def begin(self, base: str, folder: Path, set_up: Callable[[Path, str], None]) -> str:
        folder.mkdir()
        url = self.full.url
        if base == "base":
            self.full.close()
        else:
            url = urlsplit(POSTGRES)._replace(path=f"/{self.bare}").geturl()
            self._say(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        set_up(folder, url)
        return url

    def end(self, folder: Path) -> None:
        shutil.rmtree(folder)

    def forget(self) -> None:
        pass

    def close(self) -> None:
        self.full.drop()
        self._say(POSTGRES, f"DROP DATABASE {self.bare} WITH (FORCE)")
        shutil.rmtree(self.folder)
