"""urllib3's connection pools with a function in place of the network.

Answers that are late, broken, retried or refused go through here. Only the connection is ours:
retries, timeouts, reading and errors are urllib3's own, so that a caller sees what it would see
of a server.
"""

from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, cast

import responses
from requests import PreparedRequest
from requests import Response as ClientResponse
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, Retry
from urllib3.exceptions import ProtocolError

from mockserver.adapters.delay import wait
from mockserver.adapters.framing import Origin
from mockserver.adapters.requests.messages import read_response, received_request
from mockserver.model.http import Answer, Response

# `HTTPAdapter.send` may be a user's mock when this module is imported; `responses` keeps the
# original.
network_send = responses._real_send


def send_through_pool(
    adapter: HTTPAdapter,
    request: PreparedRequest,
    pool: HTTPConnectionPool,
    retries: Retry,
    options: Mapping[str, Any],
) -> ClientResponse:
    """Send a request by requests' own code, over `pool` and with `adapter`'s own methods."""
    return network_send(cast(Any, _PoolAdapter(adapter, pool, retries)), request, **options)


def pool_to(origin: Origin, answer: Answer) -> HTTPConnectionPool:
    """Return a pool whose connections call `answer`."""
    kind: Any = HTTPSConnectionPool if origin.scheme == "https" else HTTPConnectionPool
    options = {"answer": answer, "origin": origin}
    pool: HTTPConnectionPool = kind(origin.host, origin.port, **options)
    pool.ConnectionCls = cast(Any, _Connection)
    return pool


class _Connection:
    """A connection as a pool needs it: open, verified, never dropped."""

    proxy = None
    proxy_is_verified = None
    has_connected_to_proxy = False
    is_closed = False
    is_connected = True
    is_verified = True
    # For urllib3-future, which takes the place of urllib3 where niquests is installed.
    is_multiplexed = False
    is_saturated = False
    is_idle = False
    conn_info = None
    _http_vsn_str = "HTTP/1.1"  # for the log of urllib3 2.0 to 2.2
    timeout: float | None = None  # seconds to wait for an answer; the pool sets it

    def __init__(self, *, answer: Answer, origin: Origin, **_: Any) -> None:
        self._answer = answer
        self._origin = origin
        self._method = self._target = ""
        self._response = Response(200)

    def request(self, method: str, url: str, body: Any, headers: Any, **_: Any) -> None:
        self._method, self._target = method, url
        self._response = self._answer(received_request(self._origin, method, url, headers, body))

    def getresponse(self, **_: Any) -> HTTPResponse:
        wait(self._response.delay, self.timeout)
        try:
            return read_response(self._response, self._method, self._target)
        except HTTPException as error:
            # urllib3 does the same with it; urllib3-future does not know the exception.
            raise ProtocolError("Connection aborted.", error) from error

    def close(self) -> None:
        pass


class _PoolAdapter:
    """A user's adapter, except that requests go to one pool, without proxy or certificate."""

    def __init__(self, adapter: HTTPAdapter, pool: HTTPConnectionPool, retries: Retry) -> None:
        self._adapter = adapter
        self._pool = pool
        self.max_retries = retries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def get_connection_with_tls_context(self, *_: object, **__: object) -> HTTPConnectionPool:
        return self._pool

    def cert_verify(self, *_: object) -> None:
        pass

    def add_headers(self, *_: object, **__: object) -> None:
        """Do nothing: the headers were added before the first answer was asked for."""

    def request_url(self, request: PreparedRequest, _: object) -> str:
        return request.path_url
