"""A Chromium with a new profile, driven by Selenium; tests are skipped if it is missing."""

import shutil
import subprocess
import tarfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import TokenServer
from tests.pages.browser import Browser, start_chromium

SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        pytest.skip("NOT TESTED: apt packages chromium and chromium-driver are missing")
    driver = start_chromium(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


@pytest.fixture
def browser(chromium: Any, server: TokenServer) -> Iterator[Browser]:
    """Yield a browser, and check that its pages log no error and contact no other host."""
    browser = Browser(chromium, server.url)
    browser.size(1280, 900)
    yield browser
    browser.check()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the source of axe-core, the checks of accessibility, from npm."""
    folder = tmp_path_factory.mktemp("axe")
    command = ["npm", "pack", "--silent", "axe-core@4.10.3"]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        warnings.warn("NOT TESTED: axe-core cannot be got from npm", stacklevel=1)
        pytest.skip(f"NOT TESTED: axe-core cannot be got from npm: {error}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()
