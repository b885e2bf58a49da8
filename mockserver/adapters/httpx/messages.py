"""From a request of `httpx` to ours, and from our answer to what `httpx` makes of it."""

import errno
import os
from collections.abc import AsyncIterator, Iterator

import httpx

from mockserver.adapters.faults import GARBAGE
from mockserver.adapters.framing import path_and_query, sent_body, sent_headers
from mockserver.model.http import Fault, Headers, Pairs, Request, Response

_NO_ANSWER = "Server disconnected without sending a response."
_RESET = f"[Errno {errno.ECONNRESET}] {os.strerror(errno.ECONNRESET)}"
_CHUNKED = (("Transfer-Encoding", "chunked"),)


def asked(request: httpx.Request, body: bytes) -> Request:
    """What a server receives of a request, whose body is read."""
    target = request.url.raw_path.decode("ascii")
    path, query = path_and_query(target)
    raw = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    pairs = sorted(raw, key=lambda pair: pair[0].lower() != "host")  # the wire has it first
    return Request(request.method, path, query, Headers(pairs), body, target=target)


def answered(response: Response, request: httpx.Request) -> httpx.Response:
    """What a client receives. Raises what it raises for a fault, and for a delay too long."""
    limit = read_timeout(request)
    if limit is not None and response.delay > limit:
        raise httpx.ReadTimeout("timed out")
    if response.fault is Fault.CONNECTION_RESET_BY_PEER:
        raise httpx.ReadError(_RESET)
    if response.fault is Fault.MALFORMED_RESPONSE_CHUNK:
        return _received(200, _CHUNKED, _Garbage())
    if response.fault is not None:
        raise httpx.RemoteProtocolError(_NO_ANSWER)  # of garbage httpx says the same
    body = httpx.ByteStream(sent_body(response, request.method))
    return _received(response.status, sent_headers(response), body)


def read_timeout(request: httpx.Request) -> float | None:
    """The seconds for which a client waits for an answer; None: for ever."""
    limits: dict[str, float | None] = request.extensions.get("timeout", {})
    return limits.get("read")


def _received(status: int, headers: Pairs, body: "httpx.ByteStream | _Garbage") -> httpx.Response:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return httpx.Response(status, headers=raw, stream=body)


class _Garbage(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body whose first chunk has no size."""

    def __iter__(self) -> Iterator[bytes]:
        raise httpx.RemoteProtocolError(f"illegal chunk header: {bytearray(GARBAGE)!r}")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk
