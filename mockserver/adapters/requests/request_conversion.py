"""From what urllib3 is to send to our request, and where it is to send it."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from requests import PreparedRequest
from urllib3.util.request import body_to_chunks

from mockserver.adapters.framing import host_of, path_and_query
from mockserver.model.http import Headers, Request

_BLOCK = 16384  # bytes read from a file at a time
_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """A server, as a URL names it. `authority`: as the Host header has it."""

    scheme: str
    host: str
    port: int | None
    authority: str


def origin_of(url: str) -> Origin:
    """Where a request for `url` goes."""
    parts, host = urlsplit(url), host_of(url)
    usual = _PORTS.get(parts.scheme)
    authority = host if parts.port in (None, usual) else f"{host}:{parts.port}"
    return Origin(parts.scheme, host, parts.port or usual, authority)


def asked_by(request: PreparedRequest, origin: Origin) -> Request:
    """What this server would receive."""
    return asked(
        origin.authority, request.method or "", request.path_url, request.headers, request.body
    )


def asked(
    authority: str, method: str, target: str, headers: Mapping[str, str | bytes], body: Any
) -> Request:
    """What a server would receive. `body`: of any kind that urllib3 sends."""
    path, query = path_and_query(target)
    sent, content = _headers(authority, headers), _read(method, body)
    return Request(method, path, query, sent, content, target=target)


def _headers(authority: str, given: Mapping[str, str | bytes]) -> Headers:
    pairs = [
        (name, value.decode("latin-1") if isinstance(value, bytes) else value)
        for name, value in given.items()
    ]
    return Headers(pairs if "host" in given else (("Host", authority), *pairs))


def _read(method: str, body: Any) -> bytes:
    chunks = body_to_chunks(body, method, _BLOCK).chunks or ()
    return b"".join(part.encode() if isinstance(part, str) else part for part in chunks)
