"""The container as the engine is asked for it, and a server that runs with its variables."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from engine_stand_in import Engine, engine_stand_in
from testcontainers.core.config import ConnectionMode, testcontainers_config
from testcontainers.core.network import Network
from testcontainers_token_mockserver import IMAGE, TokenMockServerContainer

from mockserver.vendors import discover


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    with engine_stand_in() as engine:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{engine.server_port}")
        monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
        mode = ConnectionMode.docker_host  # also if these tests run in a container
        monkeypatch.setattr(testcontainers_config, "connection_mode_override", mode)
        yield engine


def variables(engine: Engine) -> dict[str, str]:
    return dict(each.split("=", 1) for each in engine.created["Env"])


def test_a_server_is_controlled_by_its_client(engine: Engine) -> None:
    with TokenMockServerContainer() as container:
        assert engine.created["Image"] == IMAGE
        mock = container.get_client()
        mock.clock.freeze("2030-01-01T00:00:00Z")
        assert mock.clock.now().year == 2030
        assert mock.dapi.connect().accessCode
        assert container.get_ca_certificate().startswith("-----BEGIN CERTIFICATE-----")
        refused = requests.get(f"{container.get_url()}/__admin/clock", timeout=10)
        assert refused.status_code == 401
    assert engine.process is None


def test_options_are_variables_of_the_server(engine: Engine, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/tokens.db"
    container = TokenMockServerContainer("mine:1").with_admin_token("s3cret").with_store(store)
    with container.with_seed(7):
        assert container.get_client().health()["status"] == "healthy"
        given = variables(engine)
    assert engine.created["Image"] == "mine:1"
    assert (given["TOKEN_MOCKSERVER_SEED"], given["TOKEN_MOCKSERVER_STORE"]) == ("7", store)
    assert given["TOKEN_MOCKSERVER_ADMIN_TOKEN"] == "s3cret"


def test_other_containers_reach_it_at_the_vendors_hosts(engine: Engine) -> None:
    network = Network()
    with TokenMockServerContainer().with_vendor_aliases(network) as container:
        assert container.get_client().health()["status"] == "healthy"
        assert variables(engine)["TOKEN_MOCKSERVER_PORT"] == "443"
        assert list(engine.created["ExposedPorts"]) == ["443/tcp"]
        (settings,) = engine.created["NetworkingConfig"].values()
        (endpoint,) = settings.values() if isinstance(settings, dict) else settings
        hosts = {host for vendor in discover() for host in vendor.hosts}
        assert hosts <= set(endpoint["Aliases"])
        assert "api.dapi.com" in hosts
