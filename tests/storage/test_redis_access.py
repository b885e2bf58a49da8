"""Redis servers that are reached with TLS, through a socket file, and with a password."""

import gc
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from mockserver.admin.application import new_application
from mockserver.model.errors import ConfigurationError
from tests.engine_client import content
from tests.redis_groups import SentinelTrio, redis_cluster, sentinel_trio, until
from tests.storage.outage import ask
from tests.storage.test_redis_faults import refused
from tests.store_urls import STORE_URLS, RedisServer, free_port, redis_server

_USER = ("--user", "ours", "on", ">s3cret", "~*", "&*", "+@all")
_EXTENSIONS = (
    *("-addext", "keyUsage=critical,keyCertSign,digitalSignature"),
    *("-addext", "subjectAltName=IP:127.0.0.1"),
)


class Tls:
    """A certificate for 127.0.0.1, and the ports of servers that show it."""

    def __init__(self, folder: Path) -> None:
        self.certificate, self._key = folder / "tls.pem", folder / "key.pem"
        self._ports: dict[int, int] = {}
        files = ("-keyout", self._key, "-out", self.certificate)
        kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        command = ("openssl", "req", "-x509", *kind, "-subj", "/CN=Redis", "-days", "2")
        subprocess.run([*command, *_EXTENSIONS, *files], check=True, capture_output=True)

    def port(self, port: int) -> int:
        """The port for TLS of the server that listens at a port without."""
        return self._ports.setdefault(port, free_port())

    def options(self, port: int) -> tuple[str, ...]:
        """The options of this server."""
        files = ("--tls-cert-file", str(self.certificate), "--tls-key-file", str(self._key))
        trusted = ("--tls-ca-cert-file", str(self.certificate), "--tls-auth-clients", "no")
        between = ("--tls-cluster", "yes", "--tls-replication", "yes")
        return ("--tls-port", str(self.port(port)), *files, *trusted, *between, *_USER)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return Tls(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(tls: Tls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One with TLS, without, and with a socket file."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        server.stop()
        server.options = (*tls.options(server.port), "--unixsocket", "redis.sock")
        server.start()
        yield server


@pytest.fixture(scope="module", params=["redis", "cluster", "sentinel"])
def url(
    request: pytest.FixtureRequest, tls: Tls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of servers of each kind, which accept TLS at its ports."""
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("server")
        yield f"redis://127.0.0.1:{tls.port(server.port)}/0"
        return
    folder = tmp_path_factory.mktemp(request.param)
    with (redis_cluster if request.param == "cluster" else sentinel_trio)(
        folder, announced=tls.port, options=tls.options
    ) as group:
        yield group.url()


def with_tls(url: str, user: str = "") -> str:
    return url.replace("redis", "rediss", 1).replace("://", f"://{user}")


def check_works(url: str) -> None:
    front = new_application({}, store=url)
    front.check()
    assert ask(front, "POST /__admin/vendors/dapi/connect").status == 200
    assert content(ask(new_application({}, store=url), "GET /__admin/tokens"))["tokens"]
    ask(front, "POST /__admin/reset")


def test_tls_and_a_password(url: str, tls: Tls) -> None:
    options = f"?ssl_ca_certs={tls.certificate}"
    check_works(with_tls(url, "ours:s3cret@") + options)
    refused(with_tls(url, "ours:wrong@") + options, "user name or password .* write USER:PASSWORD@")


def test_tls_that_is_not_trusted_or_not_used(url: str, tmp_path: Path) -> None:
    cure = "not signed by an authority that is trusted here; add ssl_ca_certs=FILE"
    refused(with_tls(url), cure)
    refused(f"{with_tls(url)}?ssl_ca_certs={Tls(tmp_path).certificate}", cure)
    refused(url, "if it accepts only TLS, write rediss://")


def test_tls_of_one_server(server: RedisServer, tls: Tls) -> None:
    options = f"?ssl_ca_certs={tls.certificate}"
    url = f"rediss://localhost:{tls.port(server.port)}{options}"
    refused(url, "for another host; write a host that the certificate names")
    refused(f"rediss://127.0.0.1:{server.port}{options}", "it does not use TLS; write redis://")
    with pytest.raises(ConfigurationError, match=r"there is no file /.*/nowhere"):
        new_application({}, store=f"{url}/nowhere")


def test_socket_file(server: RedisServer) -> None:
    path = server.folder / "redis.sock"
    check_works(f"unix://ours:s3cret@{path}?db=1")
    check_works(f"unix://{path}")
    refused(f"unix://ours:wrong@{path}", "user name or password")
    refused(f"unix://{path}?db=5000", "no database of this number")
    refused(f"unix://{path}.other", "No such file or directory")


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("redis+sentinel://127.0.0.1:{}/main", "not a Sentinel; write redis://HOST:PORT"),
        ("redis+cluster://127.0.0.1:{}", "not a node of a Redis Cluster; write redis://HOST"),
        ("redis+cluster://127.0.0.1:1,127.0.0.1:1", "127.0.0.1:1. Connection refused"),
        ("redis+sentinel://127.0.0.1:1/main", "no Sentinel at these .* Connection refused"),
    ],
)
def test_another_kind_or_none(server: RedisServer, url: str, cure: str) -> None:
    refused(url.format(server.port), cure)


def test_what_sentinels_refuse(shared_sentinels: SentinelTrio) -> None:
    url = shared_sentinels.url()
    refused(url.replace("/main", "/other"), "compare the name of the service with `sentinel moni")
    wrong = "sentinel_username=ours&sentinel_password=wrong"
    refused(f"{url}?{wrong}", "Sentinels refuse the user name or password; add sentinel_username")


@pytest.mark.parametrize("kind", ["redis", "cluster", "sentinel"])
def test_a_store_that_is_not_closed_ends_its_connections(
    request: pytest.FixtureRequest, kind: str
) -> None:
    """The garbage collector would find sockets before the clients that close them, and warn."""
    url = STORE_URLS[kind](request)
    for number in range(15):
        application = new_application({}, store=url)
        application.check()
        assert ask(application, "POST /__admin/vendors/dapi/connect").status == 200
        del application
        if number % 3 == 0:
            gc.collect(number % 2)
    gc.collect()


def test_a_store_that_is_not_closed_closes_its_connections(shared_redis: RedisServer) -> None:
    gc.collect()
    before = len(shared_redis.client.client_list())
    application = new_application({}, store=shared_redis.url())
    assert ask(application, "POST /__admin/vendors/dapi/connect").status == 200
    # redis-py closes the connections of clients that are freed; these are not.
    clients = [each for each in gc.get_objects() if type(each) is redis.Redis]
    assert clients
    assert len(shared_redis.client.client_list()) > before
    del application
    gc.collect()
    until(lambda: len(shared_redis.client.client_list()) == before)


def test_close_ends_the_connections_to_sentinels(shared_sentinels: SentinelTrio) -> None:
    clients = [each.client for each in shared_sentinels.sentinels]

    def connections() -> set[str]:
        found = [one for each in clients for one in each.client_list()]
        return {one["addr"] for one in found if one["cmd"].startswith("sentinel")}

    gc.collect()
    before = connections()
    application = new_application({}, store=shared_sentinels.url())
    application.engine.check()
    new = connections() - before
    assert new
    application.engine.close()
    until(lambda: new.isdisjoint(connections()))
