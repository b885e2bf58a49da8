"""A server that is as at its start, and what npm has."""

from pathlib import Path

import pytest
import requests

from tests.clients.wiremock.npm import installed


@pytest.fixture(params=["", "/ns/clients"], ids=["everybody", "namespace"])
def base(server: str, request: pytest.FixtureRequest) -> str:
    """The address that a client is given."""
    address = f"{server}{request.param}"
    requests.post(f"{address}/__admin/reset").raise_for_status()
    return address


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where npm's packages are."""
    return installed(tmp_path_factory.mktemp("npm"))
