"""A store by its URL."""

import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.model.errors import ConfigurationError
from mockserver.storage import is_shared, open_backend
from mockserver.storage.memory import MemoryBackend
from mockserver.storage.sqlite_backend import SqliteBackend


def test_each_scheme_has_its_store(tmp_path: Path) -> None:
    assert isinstance(open_backend("memory:"), MemoryBackend)
    assert isinstance(open_backend(f"sqlite:///{tmp_path}/a.db"), SqliteBackend)


def test_path_is_relative_after_three_slashes_and_absolute_after_four(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name of SQLite's own has no other meaning here."""
    monkeypatch.chdir(tmp_path)
    open_backend("sqlite:///here.db").check()
    open_backend("sqlite:///:memory:").check()
    open_backend(f"sqlite:////{str(tmp_path)[1:]}/there.db").check()
    names = {path.name for path in tmp_path.iterdir() if path.name[-4:] not in ("-wal", "-shm")}
    assert names == {"here.db", "there.db", ":memory:"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "memory",
        "memory:x",
        "sqlite:",
        "sqlite://a.db",
        "sqlite:///",
        "postgres://u:pw@h/x",
        "x:",
    ],
)
def test_other_url_is_refused_with_the_known_stores(url: str) -> None:
    with pytest.raises(ConfigurationError, match="memory:, sqlite:///FILE or redis://HOST") as told:
        open_backend(url)
    assert "pw" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["redis://h/abc", "rediss://h:1/0/1", "redis://h/-1", "redis+sentinel://h/service/abc"]
)
def test_a_database_that_is_no_number_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="number of a database"):
        open_backend(url)


@pytest.mark.parametrize(
    "url",
    [
        *("redis://:pass/word@127.0.0.1:6379/0", "redis://:pass#word@127.0.0.1:6379/0"),
        *("redis://127.0.0.1/0?password=word&pass=x", "redis://127.0.0.1:pass/0", "user:pass@h"),
    ],
)
def test_unreadable_url_is_named_without_its_parts(url: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        open_backend(url).check()
    assert "pass=" not in str(told.value)
    assert "'pass'" not in str(told.value)
    assert "word@" not in str(told.value)
    assert "user" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "shared"), [("memory:", False), ("sqlite:///a", True), ("redis://a", True)]
)
def test_all_stores_but_memory_are_shared(url: str, shared: bool) -> None:
    assert is_shared(url) is shared


def test_driver_is_imported_when_its_store_is_opened() -> None:
    program = "import sys; before = set(sys.modules); import mockserver.storage as o;"
    program += "o.open_backend('memory:');"
    program += "assert not {'sqlite3', 'redis'} & set(sys.modules) - before"
    subprocess.run([sys.executable, "-c", program], check=True)
