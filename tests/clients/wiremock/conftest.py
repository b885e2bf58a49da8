"""A server that is as at its start, and what npm has."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.clients.wiremock.npm import installed
from tests.command_line import serving

ADMIN_TOKEN = "k7-clients"


@pytest.fixture(params=["", "/ns/clients"], ids=["everybody", "namespace"])
def base(server: str, request: pytest.FixtureRequest) -> str:
    """The address that a client is given."""
    address = f"{server}{request.param}"
    requests.post(f"{address}/__admin/reset").raise_for_status()
    return address


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """The address of a server that asks for `ADMIN_TOKEN`."""
    with serving("--port", "0", "--admin-token", ADMIN_TOKEN, cwd=tmp_path) as served:
        yield served.url


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where npm's packages are."""
    return installed(tmp_path_factory.mktemp("npm"))
