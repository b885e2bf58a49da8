"""Conversion of requests and responses between `requests`, urllib3 and this package."""

import errno
import os
import socket
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus, client
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

from requests import PreparedRequest
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.util.request import body_to_chunks

from mockserver.adapters.framing import FINAL_BYTES, Origin, framed, path_and_query
from mockserver.model.http import Fault, Headers, Request, Response

_BLOCK = 16384  # bytes read from a file at a time
_REASONS = {status.value: status.phrase for status in HTTPStatus}
# urllib3 has the attribute since 2.2.3.
_VERSION: Any = {"version_string": "HTTP/1.1"} if hasattr(HTTPResponse(), "version_string") else {}


def prepared_request(request: PreparedRequest, origin: Origin) -> Request:
    """Return the request that the server `origin` would receive."""
    method, target = request.method or "", request.path_url
    return received_request(origin, method, target, request.headers, request.body)


def received_request(
    origin: Origin, method: str, target: str, headers: Mapping[str, str | bytes], body: Any
) -> Request:
    """Return the request that a server would receive; `body`: any kind that urllib3 sends."""
    path, query = path_and_query(target)
    pairs = [
        (name, value.decode("latin-1") if isinstance(value, bytes) else value)
        for name, value in headers.items()
    ]
    if "host" not in headers:
        pairs.insert(0, ("Host", origin.authority))
    content = _read(method, body)
    return Request(
        method, path, query, Headers(pairs), content, target=target, scheme=origin.scheme
    )


def _read(method: str, body: Any) -> bytes:
    chunks = body_to_chunks(body, method, _BLOCK).chunks or ()
    return b"".join(part.encode() if isinstance(part, str) else part for part in chunks)


def read_response(response: Response, method: str, target: str) -> HTTPResponse:
    """Return what urllib3 reads from a connection for an answer.

    Raises:
        OSError, http.client.HTTPException: For a fault, as the standard library raises them.
    """
    if response.fault is None:
        raw = _head_read(response, method)
    else:
        raw = _broken(response.fault, method)
    options = {**_VERSION, "request_method": method, "request_url": target}
    return HTTPResponse(
        raw,
        HTTPHeaderDict(raw.msg.items()),
        raw.status,
        version=raw.version,
        reason=raw.reason,
        preload_content=False,
        decode_content=False,
        original_response=raw,
        **options,
    )


def _head_read(response: Response, method: str) -> client.HTTPResponse:
    """Return the standard library's response in the state in which `begin()` leaves it.

    A caller sees it as `raw._fp`: caches (CacheControl) look there for `fp` and `isclosed()`.
    """
    headers, body = framed(response, method)
    raw: Any = client.HTTPResponse(_socket_with(body), method=method)
    raw.version, raw.status = 11, response.status
    raw.reason = _REASONS.get(response.status, "")
    raw.headers = raw.msg = HTTPHeaderDict(headers)
    raw.length, raw.chunked, raw.will_close = len(body), False, False
    return cast(client.HTTPResponse, raw)


def _broken(fault: Fault, method: str) -> client.HTTPResponse:
    if fault is Fault.CONNECTION_RESET_BY_PEER:
        raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
    raw = client.HTTPResponse(_socket_with(FINAL_BYTES[fault]), method=method)
    raw.begin()
    return raw


def _socket_with(received: bytes) -> socket.socket:
    """Return as much of a socket as the standard library's response reads from."""
    return cast(socket.socket, SimpleNamespace(makefile=partial(_file_with, received)))


def _file_with(received: bytes, _: str) -> BytesIO:
    return BytesIO(received)
