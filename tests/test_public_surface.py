"""The public names, and what importing them costs."""

import subprocess
import sys
from pathlib import Path

import pytest

import mockserver
from mockserver.model.version import VERSION

HEAVY = ("flask", "werkzeug", "requests", "responses", "jwt", "yaml", "click", "waitress", "pytest")


def imported(modules: str, *unwanted: str, cwd: Path) -> list[str]:
    """Those of `unwanted` that a fresh interpreter has loaded after `import modules`."""
    code = f"import sys, {modules}; print(*(set({unwanted!r}) & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, check=True, capture_output=True, text=True
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


def test_importing_the_package_imports_nothing_heavy(tmp_path: Path) -> None:
    assert imported("mockserver", *HEAVY, cwd=tmp_path) == []


def test_engine_imports_no_server_and_no_client(tmp_path: Path) -> None:
    parts = "mockserver.emulator.namespaces, mockserver.admin.application"
    servers = ("flask", "werkzeug", "requests", "responses", "click", "waitress", "pytest")
    assert imported(parts, *servers, cwd=tmp_path) == []


def test_started_mock_has_not_imported_what_few_tests_need(tmp_path: Path) -> None:
    started = "mockserver; mock = mockserver.TokenMock(); mock.start()"
    rarely = ("flask", "jwt", "click", "pytest", "httptools", "sqlite3", "mockserver.admin.routes")
    assert imported(started, *rarely, cwd=tmp_path) == []


def test_create_app_imports_flask(tmp_path: Path) -> None:
    assert imported("mockserver; mockserver.create_app", "flask", cwd=tmp_path) == ["flask"]
