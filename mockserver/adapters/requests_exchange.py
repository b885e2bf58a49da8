"""Messages of `requests` and urllib3, and a pool whose connections call a function.

The pool is one of urllib3. Only its connection class is replaced: retries, timeouts, reading and
errors are those of urllib3, so that a caller sees the same as with a server.
"""

import errno
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus, client
from io import BytesIO
from typing import Any, cast

import urllib3
from requests import PreparedRequest
from requests import Response as ClientResponse
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry
from urllib3._collections import HTTPHeaderDict
from urllib3.exceptions import InvalidHeader, ProtocolError
from urllib3.response import HTTPResponse

from mockserver.adapters.framing import FINAL_BYTES, GARBAGE, Origin, framed, path_and_query, wait
from mockserver.model.http import Answer, Fault, Headers, Request, Response

# `HTTPAdapter.send` may be a user's mock when this module is imported; `responses`, which is not
# imported for this alone, keeps the original.
network_send = getattr(sys.modules.get("responses"), "_real_send", HTTPAdapter.send)

IS_URLLIB3_FUTURE = hasattr(urllib3, "AsyncPoolManager")
"""True where niquests is installed, whose urllib3-future takes the place of urllib3."""
IS_URLLIB3_1 = not hasattr(urllib3, "BaseHTTPResponse")
_TEXT = "latin-1" if IS_URLLIB3_1 else "utf-8"  # of bodies that are one text
_BLOCK = 16384  # bytes read from a file at a time
_REASONS = {status.value: status.phrase for status in HTTPStatus}
# urllib3 has the attribute since 2.2.3.
_VERSION: Any = {"version_string": "HTTP/1.1"} if hasattr(HTTPResponse(), "version_string") else {}


def prepared_request(request: PreparedRequest, origin: Origin, target: str) -> Request:
    """Return the request that the server `origin` would receive."""
    method, headers, body = request.method or "", request.headers, request.body
    if IS_URLLIB3_FUTURE or type(headers) is not CaseInsensitiveDict:
        return received_request(origin, method, target, headers, body)
    values = dict(headers.lower_items())
    if set(map(type, values.values())) != {str}:
        return received_request(origin, method, target, headers, body)
    # The mapping has its names in lower case already, and no two of them are equal, so `Headers`
    # need not read them again.
    pairs = list(zip(headers, values.values(), strict=True))
    if "host" not in values:
        pairs.insert(0, ("Host", origin.authority))
        values["host"] = origin.authority
    path, query = path_and_query(target)
    fields = Headers(pairs, values)
    return Request(method, path, query, fields, _read(body), target=target, scheme=origin.scheme)


def received_request(
    origin: Origin, method: str, target: str, headers: Mapping[str, str | bytes], body: Any
) -> Request:
    """Return the request that the server `origin` would receive.

    Args:
        origin: The server.
        method: The method.
        target: The path and query, in ASCII.
        headers: The header fields; `Host` is added if it is missing.
        body: A body of any kind that urllib3 sends.
    """
    path, query = path_and_query(target)
    pairs = [
        (name, value.decode("latin-1") if isinstance(value, bytes) else value)
        for name, value in headers.items()
    ]
    if "host" not in headers:
        pairs.insert(0, ("Host", origin.authority))
    if IS_URLLIB3_FUTURE:
        pairs = _as_future_sends(pairs, body)
    content = _read(body)
    return Request(
        method, path, query, Headers(pairs), content, target=target, scheme=origin.scheme
    )


def _as_future_sends(pairs: Sequence[tuple[str, str]], body: Any) -> list[tuple[str, str]]:
    """Return header fields as urllib3-future sends them; it adds one for a body of text."""
    first = [pair for pair in pairs if pair[0].lower() == "host"]
    rest = [pair for pair in pairs if pair[0].lower() != "host"]
    is_text = isinstance(body, str) or isinstance(getattr(body, "read", lambda _: b"")(0), str)
    if is_text and not any(name.lower() == "content-type" for name, _ in rest):
        first.append(("Content-Type", "text/plain; charset=utf-8"))
    return [(name.title() if name.islower() else name, value) for name, value in (*first, *rest)]


def _read(body: Any) -> bytes:
    """Return the bytes of any kind of body that urllib3 sends."""
    if body is None:
        return b""
    if isinstance(body, (str, bytes, bytearray, memoryview)):
        parts: Any = [body]
    elif hasattr(body, "read"):
        parts = iter(partial(body.read, _BLOCK), body.read(0))
    else:
        parts = body
    coding = "utf-8" if parts is body else _TEXT
    return b"".join(part.encode(coding) if isinstance(part, str) else bytes(part) for part in parts)


def read_response(response: Response, method: str, target: str) -> HTTPResponse:
    """Return what urllib3 reads from a connection for a response.

    Raises:
        OSError, http.client.HTTPException: For a fault, as the standard library raises them.
    """
    raw = _unread_response(response, method)
    options = _VERSION if IS_URLLIB3_1 else {**_VERSION, "request_url": target}
    # Added one by one, because the constructor would first find out what kind of mapping it is
    # given. `raw_items`, because the fields of a valid response need no repair.
    fields = HTTPHeaderDict()
    for name, value in raw.msg.raw_items():
        fields.add(name, value)
    return HTTPResponse(
        raw,
        fields,
        raw.status,
        version=raw.version,
        reason=raw.reason,
        preload_content=False,
        decode_content=False,
        original_response=raw,
        request_method=method,
        **options,
    )


def _unread_response(response: Response, method: str) -> client.HTTPResponse:
    """Return the response of the standard library, its head read; raise for a fault."""
    if response.fault is None:
        return _head_read(response, method)
    return (_broken_for_future if IS_URLLIB3_FUTURE else _broken)(response.fault, method)


def _head_read(response: Response, method: str) -> client.HTTPResponse:
    """Return the standard library's response in the state in which `begin()` leaves it.

    A caller finds it in `raw._fp`: caches such as CacheControl use its `fp` and `isclosed()`.
    """
    headers, body = framed(response, method)
    raw: Any = client.HTTPResponse(cast(socket.socket, _Received(body)), method=method)
    raw.version, raw.status = 11, response.status
    raw.reason = _REASONS.get(response.status, "Unknown" if IS_URLLIB3_FUTURE else "")
    raw.headers = raw.msg = message = client.HTTPMessage()
    for name, value in headers:
        message.set_raw(name, value)
    raw.length, raw.chunked, raw.will_close = len(body), False, False
    return cast(client.HTTPResponse, raw)


def _broken(fault: Fault, method: str) -> client.HTTPResponse:
    if fault is Fault.CONNECTION_RESET_BY_PEER:
        raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
    received = _Received(FINAL_BYTES[fault])
    raw = client.HTTPResponse(cast(socket.socket, received), method=method)
    raw.begin()
    return raw


def _broken_for_future(fault: Fault, method: str) -> client.HTTPResponse:
    """Return or raise what urllib3-future makes of a fault.

    Raises:
        ProtocolError: For all faults but a malformed chunk, whose head is valid.
    """
    if fault is not Fault.MALFORMED_RESPONSE_CHUNK:
        raise ProtocolError("Remote end closed connection without response")
    raw = _broken(fault, method)
    if method != "HEAD":
        vars(raw)["read"] = _read_malformed_chunk
    return raw


def _read_malformed_chunk(*_: object) -> bytes:
    line = GARBAGE[: GARBAGE.index(b"\r\n") + 2]
    raise InvalidHeader(f"illegal chunk header: {bytearray(line)!r}")


class _Received:
    """The part of a socket that the standard library's response uses."""

    def __init__(self, received: bytes) -> None:
        self._bytes = received

    def makefile(self, _: str) -> BytesIO:
        return BytesIO(self._bytes)


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
    """A connection for a pool; it is always open and verified."""

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
    timeout: float | None = None  # seconds to wait for a response; the pool sets it
    # urllib3 1.26 sets the timeout at the socket, and asks whether it is still open.
    sock: Any = False

    def __init__(self, *, answer: Answer, origin: Origin, **_: Any) -> None:
        self._answer = answer
        self._origin = origin
        self._method = self._target = ""
        self._response = Response(200)

    def request(self, method: str, url: str, body: Any, headers: Any, **_: Any) -> None:
        self.sock = self
        self._method, self._target = method, url
        self._response = self._answer(received_request(self._origin, method, url, headers, body))

    request_chunked = request  # the name in urllib3 1.26 for a body of unknown length

    def getresponse(self, **_: Any) -> Any:
        self.sock = False
        self._response = wait(self._response, self.timeout)
        if IS_URLLIB3_1:
            return _unread_response(self._response, self._method)
        return read_response(self._response, self._method, self._target)

    def connect(self) -> None:
        pass

    def settimeout(self, seconds: float | None) -> None:
        self.timeout = seconds

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
        """Do nothing: the headers were added before the request was sent to `answer`."""

    def request_url(self, request: PreparedRequest, _: object) -> str:
        return request.path_url
