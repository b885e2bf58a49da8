"""Parts of HTTP that an adapter without a connection adds: origin, framing, delays, faults."""

from collections.abc import Callable
from functools import lru_cache

# Bound at import, so that a library that replaces `time.sleep` (freezegun, time-machine) cannot
# stop or shorten a delay.
from time import sleep
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from mockserver.model.http import Fault, Pairs, Response

GARBAGE = b"\x9d\x00\xf4 neither a size nor a status \xff\x1b\xc3\r\n\x80\r\n"

FINAL_BYTES = {
    Fault.EMPTY_RESPONSE: b"",
    Fault.MALFORMED_RESPONSE_CHUNK: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + GARBAGE
    ),
    Fault.RANDOM_DATA_THEN_CLOSE: GARBAGE,
}
"""The bytes that are sent for each fault. Nothing is sent before a reset."""

_LENGTH_FIELDS = frozenset({"content-length", "transfer-encoding"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """The server that a URL names.

    Attributes:
        scheme: The scheme in lower case.
        host: The host in lower case; "[::1]" for an IPv6 address.
        port: The URL's port, or the default port of its scheme.
        authority: The value of the Host header field.
    """

    scheme: str
    host: str
    port: int | None
    authority: str


def origin_of(url: str) -> Origin:
    """Return the server that a request for `url` is sent to."""
    scheme, _, rest = url.partition("://")
    return _origin_at(f"{scheme}://{rest.partition('/')[0]}")


@lru_cache(maxsize=64)  # a test's requests go to a few servers
def _origin_at(beginning: str) -> Origin:
    """Return the server of a URL, of which `beginning` is all before its path."""
    parts = urlsplit(beginning)
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    default = _DEFAULT_PORTS.get(parts.scheme)
    authority = host if parts.port in (None, default) else f"{host}:{parts.port}"
    return Origin(parts.scheme, host, parts.port or default, authority)


def refusal_text(host: str) -> str:
    """Return the message of the error for a host that a mock without passthrough refuses."""
    return f"Connection refused: {host} is not a vendor's host, and passthrough is off"


def path_and_query(target: str) -> tuple[str, str]:
    """Return the percent-decoded path of a request target, and its query as sent."""
    path, _, query = target.partition("?")
    plain = unquote(path)
    return plain if plain.startswith("/") else f"/{plain}", query


def framed(response: Response, method: str) -> tuple[Pairs, bytes]:
    """Return the header fields and the body that a server sends for a response.

    `Content-Length` is set to the length of the body. A response to HEAD has no body. One with 1xx,
    204 or 304 has neither a body nor a length (RFC 9110, sections 6.4.1 and 8.6).
    """
    status, body = response.status, response.body
    own = [pair for pair in response.headers if pair[0].lower() not in _LENGTH_FIELDS]
    if status < 200 or status in (204, 304):
        return tuple(own), b""
    fields = (*own, ("Content-Length", str(len(body))))
    return fields, b"" if method == "HEAD" else body


GATE_POLL = 0.01
"""Real seconds between two checks whether a gate is open."""


def wait(response: Response, limit: float | None) -> Response:
    """Sleep for the delay of a response, or until its gate opens.

    Args:
        response: The response.
        limit: The client's timeout in seconds; None for no timeout.

    Returns:
        The response without its delay.

    Raises:
        TimeoutError: If the delay is longer than `limit` seconds.
    """
    rest = limited(response.delay, limit)
    if response.opened is None:
        if rest > 0:
            sleep(rest)
    elif is_open_within(response.opened, rest, sleep):
        return response._replace(delay=0.0)
    if limit is not None and limit < response.delay:
        raise TimeoutError("timed out")
    return response._replace(delay=0.0)


def is_open_within(
    opened: Callable[[], bool], seconds: float, pause: Callable[[float], object]
) -> bool:
    """Return True as soon as a gate is open, or False after `seconds` of real time.

    Args:
        opened: Returns True if the gate is open.
        seconds: The longest time to wait.
        pause: Waits for some seconds.
    """
    while not opened():
        if seconds <= 0:
            return False
        pause(min(GATE_POLL, seconds))
        seconds -= GATE_POLL
    return True


def limited(delay: float, limit: float | None) -> float:
    """Return the seconds that a client waits for a response; `limit` None means no timeout."""
    return delay if limit is None else min(delay, limit)
