"""One server for the tests that only ask."""

from collections.abc import Iterator

import pytest

from tests.command_line import Served, serving


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on a free port; its port file is beside it."""
    folder = tmp_path_factory.mktemp("served")
    with serving("--port", "0", "--port-file", "port", cwd=folder) as server:
        yield server
