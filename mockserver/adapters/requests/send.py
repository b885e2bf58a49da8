"""Send requests to vendors' hosts, without a connection pool wherever a pool adds nothing.

Answers that are late, broken, retried or refused go through a pool of urllib3. Only the connection
is ours: retries, timeouts, reading and errors are urllib3's own, so that a caller sees what
it would see of a server.
"""

import string
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, cast

import responses
from requests import PreparedRequest
from requests import Response as ClientResponse
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, Retry
from urllib3.exceptions import ProtocolError

from mockserver.adapters.framing import Origin, wait
from mockserver.adapters.requests.messages import prepared_request, read_response, received_request
from mockserver.model.http import Answer, Response

# The characters of a target that urllib3 does not change.
_UNCHANGED = f"{string.ascii_letters}{string.digits}-._~!$&'()*+,;=:@/?"

# The options of `HTTPAdapter.send` in order, with their defaults.
_OPTIONS = {"stream": False, "timeout": None, "verify": True, "cert": None, "proxies": None}

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


def send(
    answer: Answer,
    origin: Origin,
    adapter: HTTPAdapter,
    request: PreparedRequest,
    *args: Any,
    retries: Retry | None = None,
    **kwargs: Any,
) -> ClientResponse:
    """Send a request to `answer` instead of the network, as `adapter` would send it.

    Args:
        answer: Answers in place of the server.
        origin: The server that the request's URL names.
        adapter: The adapter of the session; it adds headers and builds the response.
        request: The request.
        args: Further arguments of `HTTPAdapter.send`, by position.
        retries: The retries that are left; None for the adapter's own.
        kwargs: Further arguments of `HTTPAdapter.send`, by name.

    Raises:
        requests.RequestException: For a fault, a timeout, and retries that are used up.
    """
    options = {**_OPTIONS, **dict(zip(_OPTIONS, args, strict=False)), **kwargs}
    retries = retries or adapter.max_retries
    adapter.add_headers(request, **options)
    if _needs_no_pool(request, options["timeout"], retries):
        response = answer(prepared_request(request, origin))
        if _is_final(response, request, retries):
            raw = read_response(response, request.method or "", request.path_url)
            raw.retries = retries
            return adapter.build_response(request, raw)
        answer = _beginning_with(response, answer)
    return send_through_pool(adapter, request, pool_to(origin, answer), retries, options)


def _needs_no_pool(request: PreparedRequest, timeout: Any, retries: object) -> bool:
    """Return True if urllib3 would send the request as it is and accept its options."""
    if not isinstance(retries, Retry) or not isinstance(request.body, (type(None), bytes, str)):
        return False
    valid = timeout is None or (type(timeout) in (int, float) and timeout > 0)
    return valid and not request.path_url.strip(_UNCHANGED)


def _is_final(response: Response, request: PreparedRequest, retries: Retry) -> bool:
    """Return True if the answer comes whole and at once, and urllib3 would not retry."""
    if response.fault is not None or response.delay:
        return False
    has_retry_after = any(name.lower() == "retry-after" for name, _ in response.headers)
    return not retries.is_retry(request.method or "", response.status, has_retry_after)


def _beginning_with(first: Response, answer: Answer) -> Answer:
    """Return `answer` with its first response given: the request must not be answered twice."""
    given = [first]
    return lambda request: given.pop() if given else answer(request)
