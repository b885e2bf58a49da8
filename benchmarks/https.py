"""`python -m benchmarks.https`: HTTPS beside HTTP on one server, kept and new connections.

Each kind is asked in turn, again and again, so that a busy machine slows all of them alike.
"""

import argparse
import json
import ssl
import statistics
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPSConnection
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from benchmarks.load import load
from benchmarks.processes import CLIENT_CPU
from benchmarks.serving import TOKEN, serve

_NEW_CONNECTIONS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with TemporaryDirectory() as folder, serve("--ca-dir", folder) as (_, url):
        secure = url.replace("http://", "https://")
        kept = {"HTTP kept": url, "HTTPS kept": secure}
        rates: dict[str, list[float]] = {name: [] for name in kept}
        times: dict[str, list[float]] = {"HTTP new": [], "HTTPS new": [], "HTTPS resumed": []}
        for _ in range(options.rounds):
            for name, each in kept.items():
                rates[name].append(load(each, TOKEN, options.seconds, CLIENT_CPU).rate)
            for name, seconds in _new_connections(url).items():
                times[name].append(seconds)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    for name, rate in medians.items():
        print(f"{name:14} {rate:9.0f} requests/s")
    print(f"{'kept ratio':14} {medians['HTTPS kept'] / medians['HTTP kept']:9.2f}")
    for name, values in times.items():
        print(f"{name:14} {statistics.median(values) * 1e6:9.0f} µs a connection and its request")


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
