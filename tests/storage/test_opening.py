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


def test_three_slashes_are_for_a_path_from_here_and_four_for_one_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_backend("sqlite:///here.db").check()
    open_backend(f"sqlite:////{str(tmp_path)[1:]}/there.db").check()
    assert {path.name for path in tmp_path.glob("*.db")} == {"here.db", "there.db"}


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
def test_another_url_is_refused_and_the_stores_are_named(url: str) -> None:
    with pytest.raises(ConfigurationError, match="memory:, sqlite:///FILE or redis://HOST") as told:
        open_backend(url)
    assert "pw" not in str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        *("redis://:pass/word@127.0.0.1:6379/0", "redis://:pass#word@127.0.0.1:6379/0"),
        *("redis://127.0.0.1/0?password=word&pass=x", "redis://127.0.0.1:pass/0", "user:pass@h"),
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_its_parts(url: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        open_backend(url).check()
    assert "pass=" not in str(told.value)
    assert "'pass'" not in str(told.value)
    assert "word@" not in str(told.value)
    assert "user" not in str(told.value)


def test_no_name_of_a_file_is_another_thing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_backend("sqlite:///:memory:").check()
    assert (tmp_path / ":memory:").is_file()


@pytest.mark.parametrize(
    ("url", "shared"), [("memory:", False), ("sqlite:///a", True), ("redis://a", True)]
)
def test_all_but_the_memory_are_shared(url: str, shared: bool) -> None:
    assert is_shared(url) is shared


def test_a_driver_is_imported_when_its_store_is_opened() -> None:
    program = "import sys; before = set(sys.modules); import mockserver.storage as o;"
    program += "o.open_backend('memory:');"
    program += "assert not {'sqlite3', 'redis'} & set(sys.modules) - before"
    subprocess.run([sys.executable, "-c", program], check=True)
