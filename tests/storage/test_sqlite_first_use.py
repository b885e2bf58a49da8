"""A new SQLite file that several connections open at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from mockserver.storage.sqlite_database import SqliteDatabase

CONNECTIONS = 4
FILES = 150


def test_all_that_open_a_new_file_at_once_can_use_it(tmp_path: Path) -> None:
    together = Barrier(CONNECTIONS)

    def use(path: Path) -> list[tuple[int]]:
        database = SqliteDatabase(path)
        together.wait(30)
        found = database.read("SELECT count(*) FROM sqlite_schema")
        database.close()
        return found

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for number in range(FILES):
            path = tmp_path / f"{number}.db"
            counts = list(pool.map(use, [path] * CONNECTIONS))
            assert counts == counts[:1] * CONNECTIONS
