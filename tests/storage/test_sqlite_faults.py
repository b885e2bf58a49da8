"""A SQLite file that is locked, broken, replaced, full, or cannot be written."""

import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier

import pytest

from mockserver.admin.application import new_application
from mockserver.model.errors import ConfigurationError
from mockserver.model.state_store import RECORDS
from mockserver.storage import open_backend
from mockserver.storage import sqlite_database as database
from mockserver.storage.sqlite_database import SqliteDatabase
from tests.engine_client import content, header
from tests.storage.outage import Outage, ask

NOBODY = 65534
FIRST_CONNECTIONS = 4
FILES = 150


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def outage(path: Path, caplog: pytest.LogCaptureFixture) -> Outage:
    return Outage(f"sqlite:///{path}", caplog)


def files(path: Path) -> list[Path]:
    return [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]


def test_file_locked_by_another(
    path: Path, outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_TIMEOUT", 0.1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        outage.check_begun()
    outage.check_over()


def test_short_lock_is_waited_for(path: Path, outage: Outage) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        assert ask(outage.front, "GET /ds-api/").status == 200


def test_simultaneous_first_callers_wait_for_one_state(path: Path, outage: Outage) -> None:
    with closing(sqlite3.connect(path)) as other, ThreadPoolExecutor(4) as pool:
        other.execute("BEGIN IMMEDIATE")
        calls = [pool.submit(outage.front.namespaces.get, "new") for _ in range(4)]
        assert wait(calls, timeout=0.2).done == set()
        other.execute("ROLLBACK")
        assert len({call.result() for call in calls}) == 1


def test_file_broken_and_put_back(path: Path, outage: Outage) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    good = path.read_bytes()
    broken = path.with_name("broken")
    broken.write_bytes(good[:100] + bytes(range(256)) * (len(good) // 256))
    os.replace(broken, path)
    outage.check_begun()
    for each in files(path):
        each.unlink(missing_ok=True)
    path.write_bytes(good)
    outage.check_over()


@pytest.mark.parametrize("begun", [False, True])
def test_answer_has_a_date_though_the_clock_was_never_read(path: Path, begun: bool) -> None:
    url = f"sqlite:///{path}"
    if begun:  # by another process, so that nothing of the state was read here yet
        new_application({}, store=url).engine.refresh()
    front = new_application({}, store=url)
    if begun:
        front.engine.refresh()
    for each in files(path):
        each.unlink(missing_ok=True)
    path.mkdir()
    assert front.http_date().endswith(" GMT")
    answer = ask(front, "GET /__admin/health")
    assert (answer.status, header(answer, "Date") is None) == (503, False)
    path.rmdir()
    assert ask(front, "GET /__admin/health").status == 200


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """A full disk, as a process sees it that may write so many bytes to a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk(outage: Outage) -> None:
    with no_file_longer_than(4096):
        outage.check_begun()
    outage.check_over()


def test_first_health_check_after_the_disk_has_filled(path: Path, outage: Outage) -> None:
    for _ in range(30):
        assert ask(outage.front, "POST /__admin/vendors/dapi/connect").status == 200
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(RESTART)")  # the log has room for more writes
    with no_file_longer_than(32 << 10):
        answer = ask(outage.front, "GET /__admin/health")
    assert (answer.status, "disk is full" in content(answer)["store"]) == (503, True)
    assert ask(outage.front, "GET /__admin/health").status == 200


def test_log_is_copied_into_the_file(path: Path) -> None:
    backend = open_backend(f"sqlite:///{path}")
    collection = backend.store("", lambda _: None).collection("a", RECORDS)
    for number in range(150):
        collection.put(str(number), {"text": "x" * 4_000})
    until = time.monotonic() + 30
    while path.stat().st_size < 600_000:
        assert time.monotonic() < until
        time.sleep(0.01)


FORKS = """
import faulthandler, os, sys
from mockserver.model.state_store import RECORDS
from mockserver.storage import open_backend

collection = open_backend(sys.argv[1]).store("", lambda _: None).collection("a", RECORDS)
for _ in range(60):
    for number in range(160):
        collection.put(str(number), {"text": "x" * 8_000})
    child = os.fork()
    if child == 0:
        faulthandler.dump_traceback_later(10, exit=True)
        collection.get("1")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_process_can_be_forked_while_the_log_is_copied(path: Path) -> None:
    """From Python 3.12 on, a thread that runs is a warning as well."""
    command = [sys.executable, "-W", "error", "-c", FORKS, f"sqlite:///{path}"]
    subprocess.run(command, check=True, timeout=120)


def test_log_has_an_upper_limit(path: Path) -> None:
    backend = open_backend(f"sqlite:///{path}")
    collection = backend.store("", lambda _: None).collection("a", RECORDS)
    for number in range(45):  # fewer commits than the thread counts, of 45 MB
        collection.put(str(number % 2), {"text": f"{number:02}" * 500_000})
    assert files(path)[1].stat().st_size < 20_000_000


def test_foreign_record_is_reported(
    path: Path, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TEMP TABLE kept AS SELECT position, value FROM records")
        other.execute("UPDATE records SET value = '{' WHERE collection = 'issued'")
        other.commit()
        assert outage.use(outage.living, "POST /v2/data/identity/get") == 500
        assert ask(outage.front, "GET /ds-api/").status == 200
        (line, _) = [record.getMessage() for record in caplog.records]
        assert "we did not write" in line
        other.execute(
            "UPDATE records SET value = (SELECT value FROM kept WHERE position = records.position)"
            " WHERE collection = 'issued'"
        )
    outage.check_over()


@contextmanager
def not_as_root(folder: Path) -> Iterator[None]:
    """As a user for whom the permissions of files count."""
    if os.geteuid():
        yield
        return
    for parent in [folder, *folder.parents][:4]:
        if parent.stat().st_uid == 0 and parent != Path("/tmp"):
            parent.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_read_only_file(path: Path, tmp_path: Path) -> None:
    open_backend(f"sqlite:///{path}").check()
    for each in files(path):
        if each.exists():
            each.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with not_as_root(tmp_path), pytest.raises(ConfigurationError, match=r"store\.db: .*"):
            new_application({}, store=f"sqlite:///{path}").check()
    finally:
        tmp_path.chmod(0o755)


def test_file_that_becomes_read_only(path: Path, tmp_path: Path, outage: Outage) -> None:
    outage.front.engine.close()  # who has it open may go on writing
    present = [each for each in files(path) if each.exists()]
    for each in present:
        each.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with not_as_root(tmp_path):
            outage.check_begun()
    finally:
        tmp_path.chmod(0o755)
        for each in present:
            each.chmod(0o644)
    outage.check_over()


@pytest.mark.parametrize(
    "content", [b"no database at all" * 400, b"SQLite format 3\x00" + b"x" * 999]
)
def test_foreign_file_is_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"store\.db: .*"):
        new_application({}, store=f"sqlite:///{path}").check()
    assert path.read_bytes() == content


def test_foreign_database_is_unchanged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE states (mine TEXT)")
    with pytest.raises(ConfigurationError, match="not a store of this version"):
        new_application({}, store=f"sqlite:///{path}").check()
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("states",)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no/such/store.db", "; the folder .*/no/such must exist and be accessible"),
        (".", "unable to open"),
    ],
)
def test_unusable_path_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        new_application({}, store=f"sqlite:///{tmp_path}/{name}").check()


def test_concurrent_connections_can_use_a_new_file(tmp_path: Path) -> None:
    together = Barrier(FIRST_CONNECTIONS)

    def use(path: Path) -> list[tuple[int]]:
        database = SqliteDatabase(path)
        together.wait(30)
        found = database.read("SELECT count(*) FROM sqlite_schema")
        database.close()
        return found

    with ThreadPoolExecutor(FIRST_CONNECTIONS) as pool:
        for number in range(FILES):
            path = tmp_path / f"{number}.db"
            counts = list(pool.map(use, [path] * FIRST_CONNECTIONS))
            assert counts == counts[:1] * FIRST_CONNECTIONS
