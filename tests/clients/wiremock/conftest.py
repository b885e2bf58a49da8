"""A server in its initial state, and npm's packages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.clients.wiremock.npm import installed
from tests.command_line import serving

ADMIN_TOKEN = "k7-clients"


@pytest.fixture(params=["", "/ns/clients"], ids=["everybody", "namespace"])
def base(server: str, request: pytest.FixtureRequest) -> str:
    """Return the address for a client: the server's, or a namespace's."""
    address = f"{server}{request.param}"
    requests.post(f"{address}/__admin/reset").raise_for_status()
    return address


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """Run a server that requires `ADMIN_TOKEN`, and return its address."""
    with serving("--port", "0", "--admin-token", ADMIN_TOKEN, cwd=tmp_path) as served:
        yield served.url


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of npm's packages."""
    return installed(tmp_path_factory.mktemp("npm"))
