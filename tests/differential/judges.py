"""The two servers that decide whether a pattern matches: WireMock, and this product."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_STARTED = 299  # a status that no vendor answers
_PATIENCE = 60.0  # real seconds for a Java program to start


class PatternCase(NamedTuple):
    """A request pattern, and a request that it may match."""

    pattern: dict[str, Any]
    method: str = "POST"
    target: str = "/x"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Judge:
    """A server with WireMock's API on a port of this machine."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def judge(self, case: PatternCase) -> bool | str:
        """Return True if the pattern matches the request, or the text with which it is refused."""
        # A new connection, so that an unread response is not read as the next one.
        self._connection.close()
        status, answer = self._send("DELETE", "/__admin/mappings")
        assert status == 200, answer
        mapping = {"request": case.pattern, "response": {"status": _STARTED}}
        status, answer = self._send("POST", "/__admin/mappings", body=json.dumps(mapping).encode())
        if status != 201:
            return answer.decode() or str(status)
        return self._send(case.method, case.target, case.headers, case.body)[0] == _STARTED

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _send(
        self, method: str, target: str, headers: tuple[tuple[str, str], ...] = (), body: bytes = b""
    ) -> tuple[int, bytes]:
        names = {name.lower() for name, _ in headers}
        self._connection.putrequest(
            method, target, skip_host="host" in names, skip_accept_encoding=True
        )
        for name, value in headers:
            self._connection.putheader(name, value)
        self._connection.putheader("Content-Length", str(len(body)))
        self._connection.endheaders(body)
        response = self._connection.getresponse()
        return response.status, response.read()


@contextmanager
def wiremock(jar: Path, java: str) -> Iterator[Judge]:
    """Run WireMock for the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [java, "-Xmx300m", "-jar", str(jar), "--port", str(port), "--no-request-journal"]
    process = subprocess.Popen(
        [*command, "--bind-address", "127.0.0.1", "--disable-banner"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_listens(port)
        with closing(Judge(port)) as judge:
            yield judge
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_listens(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "WireMock did not start"
            time.sleep(0.1)
        else:
            return
