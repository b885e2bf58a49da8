"""One server for all clients."""

from collections.abc import Iterator

import pytest

from mockserver.verification.mock_adapters import running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server on a free port."""
    with running_server(tmp_path_factory.mktemp("server")) as url:
        yield url
