"""urllib3's connection pools, leading to a function instead of a network.

What is late, broken, tried again or refused goes through here. Only the connection is ours:
retries, timeouts, reading and errors are urllib3's own, so that a caller sees what it would see of
a server.
"""

from typing import Any, cast

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool

from mockserver.adapters.delay import wait
from mockserver.adapters.requests.request_conversion import Origin, asked
from mockserver.adapters.requests.response_conversion import received
from mockserver.model.http import Answer, Response


def pool_to(origin: Origin, answer: Answer) -> HTTPConnectionPool:
    """A pool with `answer` at its far end."""
    kind: Any = HTTPSConnectionPool if origin.scheme == "https" else HTTPConnectionPool
    far_end = {"answer": answer, "authority": origin.authority}
    pool: HTTPConnectionPool = kind(origin.host, origin.port, **far_end)
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
        self._authority = authority
        self._method = ""
        self._response = Response(200)

    def request(self, method: str, url: str, body: Any, headers: Any, **_: Any) -> None:
        self._method = method
        self._response = self._answer(asked(self._authority, method, url, headers, body))

    def getresponse(self) -> HTTPResponse:
        wait(self._response.delay, self.timeout)
        return received(self._response, self._method)

    def close(self) -> None:
        pass
