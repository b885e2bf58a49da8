"""The public names, and what importing them costs."""

import subprocess
import sys
from pathlib import Path

import pytest

import mockserver
from mockserver.model.version import VERSION

HEAVY = ("flask", "werkzeug", "requests", "responses", "jwt", "yaml", "click", "waitress", "pytest")


def loaded(code: str, *unwanted: str, cwd: Path) -> list[str]:
    """Return those of `unwanted` that a fresh interpreter has imported after running `code`."""
    report = f"import sys; print(*(set({unwanted!r}) & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{code}\n{report}"],
        cwd=cwd,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(done.stdout.split())


def test_every_public_name_exists() -> None:
    assert "create_app" in mockserver.__all__
    assert sorted(mockserver.__all__) == list(mockserver.__all__)
    assert [name for name in mockserver.__all__ if not hasattr(mockserver, name)] == []


def test_the_version_is_the_distributions() -> None:
    assert mockserver.__version__ == VERSION


def test_unknown_name_is_an_attribute_error() -> None:
    name = "nonsense"
    with pytest.raises(AttributeError, match="module 'mockserver' has no attribute 'nonsense'"):
        getattr(mockserver, name)


SERVERS = ("flask", "werkzeug", "requests", "responses", "click", "waitress", "pytest")
REQUESTS = "import requests"
STARTED = "import mockserver; mock = mockserver.TokenMock(); mock.start()"
RARE = ("flask", "jwt", "click", "pytest", "httptools", "httpx", "sqlite3", "responses", "yaml")
SLOW = (*RARE, "unittest", "multiprocessing", "pickle", "asyncio", "inspect", "difflib")


@pytest.mark.parametrize(("code", "unwanted"), [
    ("import mockserver", (*HEAVY, "httpx", "httptools")),
    ("import token_mockserver.pytest_plugin", (*HEAVY[:-1], "httpx", "httptools")),
    ("import mockserver.emulator.namespaces, mockserver.admin.application", SERVERS),
])  # fmt: skip
def test_what_few_need_is_not_imported(
    code: str, unwanted: tuple[str, ...], tmp_path: Path
) -> None:
    assert loaded(code, *unwanted, cwd=tmp_path) == []


@pytest.mark.parametrize(("code", "unwanted"), [
    (STARTED, (*SLOW, "mockserver.admin.routes")),
    (f"{STARTED}; requests.get('https://platform-server/ds-api/')", SLOW),
])  # fmt: skip
def test_mock_imports_little_more_than_requests(
    code: str, unwanted: tuple[str, ...], tmp_path: Path
) -> None:
    # On Python 3.13, urllib3 imports some of them itself.
    of_requests = loaded(REQUESTS, *unwanted, cwd=tmp_path)
    assert loaded(f"{REQUESTS}; {code}", *unwanted, cwd=tmp_path) == of_requests


def test_create_app_imports_flask(tmp_path: Path) -> None:
    code = "import mockserver; mockserver.create_app"
    assert loaded(code, "flask", cwd=tmp_path) == ["flask"]
