"""urllib3's connection pools, leading to a function instead of a network.

Only the connection is ours. Retries, timeouts, reading and errors are urllib3's own, so that a
caller sees what it would see of a server.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.util.request import body_to_chunks

from mockserver.core.http import Headers, Request, Response
from mockserver.doors.delay import wait
from mockserver.doors.framing import host_of, path_and_query
from mockserver.doors.responses.received import received

Answer = Callable[[Request], Response]

_KEPT = 10  # connections of a pool, as many as `requests` keeps
_BLOCK = 16384  # bytes read from a file at a time
_PORTS = {"http": 80, "https": 443}


class Pools:
    """A pool for each scheme, host and port. `answer` is at the far end of all of them."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._pools: dict[tuple[str, str, int | None], HTTPConnectionPool] = {}

    def get(self, url: str) -> HTTPConnectionPool:
        """The pool that a request for `url` uses."""
        parts = urlsplit(url)
        key = parts.scheme, host_of(url), parts.port
        return self._pools.get(key) or self._pools.setdefault(key, self._new(*key))

    def _new(self, scheme: str, host: str, port: int | None) -> HTTPConnectionPool:
        kind: Any = HTTPSConnectionPool if scheme == "https" else HTTPConnectionPool
        default = _PORTS.get(scheme)
        authority = host if port in (None, default) else f"{host}:{port}"
        far_end = {"answer": self._answer, "authority": authority}
        pool: HTTPConnectionPool = kind(host, port or default, maxsize=_KEPT, **far_end)
        pool.ConnectionCls = cast(Any, _Connection)
        return pool


class _Connection:
    """What a pool takes for a connection: open, verified, and never dropped."""

    proxy = None
    proxy_is_verified = None
    has_connected_to_proxy = False
    is_closed = False
    is_connected = True
    is_verified = True
    _http_vsn_str = "HTTP/1.1"  # for the log of urllib3 2.0 to 2.2
    timeout: float | None = None  # seconds to wait for an answer; the pool sets it

    def __init__(self, *, answer: Answer, authority: str, **_: Any) -> None:
        self._answer = answer
        self._host = ("Host", authority)
        self._method = ""
        self._response = Response(200)

    def request(self, method: str, url: str, body: Any, headers: Any, **_: Any) -> None:
        path, query = path_and_query(url)
        sent, content = self._headers(headers), _read(method, body)
        self._method = method
        self._response = self._answer(Request(method, path, query, sent, content, target=url))

    def getresponse(self) -> HTTPResponse:
        wait(self._response.delay, self.timeout)
        return received(self._response, self._method)

    def close(self) -> None:
        pass

    def _headers(self, given: Mapping[str, str | bytes]) -> Headers:
        pairs = [
            (name, value.decode("latin-1") if isinstance(value, bytes) else value)
            for name, value in given.items()
        ]
        return Headers(pairs if "host" in given else (self._host, *pairs))


def _read(method: str, body: Any) -> bytes:
    """A body of any kind that urllib3 sends, as the bytes that it sends."""
    chunks = body_to_chunks(body, method, _BLOCK).chunks or ()
    return b"".join(part.encode() if isinstance(part, str) else part for part in chunks)
