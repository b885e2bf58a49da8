"""One server for the tests that only ask."""

from collections.abc import Iterator

import pytest

from tests.command_line import Served, serving


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on a free port."""
    with serving("--port", "0", cwd=tmp_path_factory.mktemp("served")) as server:
        yield server
