"""`python -m benchmarks.https`: HTTPS beside HTTP, peers' HTTPS, and clients inside a `TokenMock`.

Each kind is asked in turn, again and again, so that a busy machine slows all of them alike. The
peers answer a constant; ours signs a token each time.
"""

import argparse
import json
import ssl
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import requests
import responses
import urllib3

from benchmarks.load import load
from benchmarks.peers.installing import ROOT, pip
from benchmarks.peers.systems import SYSTEMS
from benchmarks.processes import CLIENT_CPU, free_port, running
from benchmarks.serving import TOKEN, serve
from token_mockserver import TokenMock, TokenServer

_NEW_CONNECTIONS = 100
_REQUESTS = 300  # of a client in this process


_CACHE = ROOT / "benchmarks" / ".cache"
_MITMPROXY = """
from mitmproxy import http


def request(flow):
    flow.response = http.Response.make(201, b'{"user-token": "constant"}')
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        _, url = stack.enter_context(serve("--ca-dir", folder))
        secure = url.replace("http://", "https://")
        kept = {"HTTP kept": url, "HTTPS kept": secure}
        if not options.without_peers:
            kept |= {f"{name} HTTPS kept": at for name, at in _peers(stack)}
        rates: dict[str, list[float]] = {name: [] for name in kept}
        times: dict[str, list[float]] = {}
        for each in kept.values():
            load(each, TOKEN, options.seconds, CLIENT_CPU)  # to warm up
        for _ in range(options.rounds):
            for name, each in kept.items():
                rates[name].append(load(each, TOKEN, options.seconds, CLIENT_CPU).rate)
            for name, seconds in _new_connections(url).items():
                times.setdefault(f"{name}: a connection and a request", []).append(seconds)
    for _ in range(options.rounds):
        for name, seconds in _in_process().items():
            times.setdefault(f"in a process, {name}: a request", []).append(seconds)
    _print(rates, times)


def _print(rates: dict[str, list[float]], times: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(values) for name, values in rates.items()}
    ours = medians["HTTPS kept"]
    for name, rate in medians.items():
        print(f"{name:24} {rate:9,.0f} requests/s; HTTPS kept / this: {ours / rate:.2f}")
    for name, values in times.items():
        print(f"{statistics.median(values) * 1e6:9,.0f} µs {name}")


def _peers(stack: ExitStack) -> Iterator[tuple[str, str]]:
    """Start the peers that can be installed; yield their names and addresses."""
    script = Path(stack.enter_context(TemporaryDirectory()), "answer.py")
    script.write_text(_MITMPROXY)
    # Lazy: there is no server behind it.
    flags = ["--set", "connection_strategy=lazy", "-q", "-s", str(script)]

    (plain,) = (each for each in SYSTEMS if each.name == "WireMock")

    def mitmproxy(folder: Path, port: int) -> list[str]:
        mode = ["--mode", f"reverse:https://127.0.0.1:9@127.0.0.1:{port}"]
        return [str(folder / "bin" / "mitmdump"), *mode, *flags]

    def wiremock(folder: Path, port: int) -> list[str]:
        return [*plain.command(folder, port + 1), "--https-port", str(port)]

    peers = (
        ("mitmproxy", pip("mitmproxy", "11.0.2"), mitmproxy),
        ("WireMock", plain.package, wiremock),
    )
    for name, package, command in peers:
        folder, port = _CACHE / name, free_port()
        try:
            package.install(folder)
        except RuntimeError as error:
            print(f"NOT MEASURED: {name}: {error}")
            continue
        stack.enter_context(running(command(folder, port), folder))
        _await_tls(port)
        yield name, f"https://127.0.0.1:{port}"


def _await_tls(port: int) -> None:
    context = ssl._create_unverified_context()
    for _ in range(600):
        connection = HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
        with suppress(OSError, HTTPException):
            _ask(connection)
            return
        connection.close()
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers over TLS at port {port}")


def _in_process() -> dict[str, float]:
    """Return the seconds of a request on a kept connection of clients in this process."""
    body, headers = b"{}", dict(TOKEN.headers)
    secure = f"https://platform-server{TOKEN.path}"
    found = {}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(secure, status=201, json={"user-token": "constant"})
        with requests.Session() as session:
            found["responses"] = _repeated(
                lambda: session.post(secure, data=body, headers=headers).status_code
            )
    with TokenMock(), requests.Session() as session:
        found["TokenMock, requests"] = _repeated(
            lambda: session.post(secure, data=body, headers=headers).status_code
        )
    with TokenMock(), urllib3.PoolManager() as pools:
        found["TokenMock, urllib3 by the loopback server"] = _repeated(
            lambda: pools.request("POST", secure, body=body, headers=headers).status
        )
    with TokenServer() as server, urllib3.PoolManager() as pools:
        plain = f"{server.url}{TOKEN.path}"
        found["TokenServer, urllib3 by http"] = _repeated(
            lambda: pools.request("POST", plain, body=body, headers=headers).status
        )
    return found


def _repeated(send: Callable[[], int]) -> float:
    for _ in range(20):
        send()
    begun = time.perf_counter()
    for _ in range(_REQUESTS):
        if send() != TOKEN.status:
            raise RuntimeError("a request has failed")
    return (time.perf_counter() - begun) / _REQUESTS


def _new_connections(url: str) -> dict[str, float]:
    """Return the seconds of a new connection with one request, by kind."""
    port = urlsplit(url).port or 0
    full, resumed = ssl.create_default_context(), ssl.create_default_context()
    for context in (full, resumed):
        # What is timed is the server.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    session = _session(port, resumed)

    def resuming() -> HTTPConnection:
        connection = HTTPSConnection("127.0.0.1", port, context=resumed)
        HTTPConnection.connect(connection)
        connection.sock = resumed.wrap_socket(connection.sock, session=session)
        return connection

    return {
        "HTTP new": _timed(lambda: HTTPConnection("127.0.0.1", port)),
        "HTTPS new": _timed(lambda: HTTPSConnection("127.0.0.1", port, context=full)),
        "HTTPS resumed": _timed(resuming),
    }


def _session(port: int, context: ssl.SSLContext) -> ssl.SSLSession | None:
    connection = HTTPSConnection("127.0.0.1", port, context=context)
    _ask(connection)
    session: ssl.SSLSession | None = connection.sock.session
    connection.close()
    return session


def _timed(connect: Callable[[], HTTPConnection]) -> float:
    begun = time.perf_counter()
    for _ in range(_NEW_CONNECTIONS):
        connection = connect()
        _ask(connection)
        connection.close()
    return (time.perf_counter() - begun) / _NEW_CONNECTIONS


def _ask(connection: HTTPConnection) -> None:
    connection.request(TOKEN.method, TOKEN.path, headers=dict(TOKEN.headers))
    response = connection.getresponse()
    body = response.read()
    if response.status != TOKEN.status:
        raise RuntimeError(f"{response.status} {json.loads(body)}")


if __name__ == "__main__":
    main()
