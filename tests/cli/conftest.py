"""One server for the tests that do not change it."""

from collections.abc import Iterator

import pytest

from tests.command_line import Served, serving


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run a server on a free port."""
    with serving("--port", "0", cwd=tmp_path_factory.mktemp("served")) as server:
        yield server
