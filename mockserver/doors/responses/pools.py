"""As much of urllib3's connection pools as `requests` uses, leading to a function.

urllib3's own would do, given connections of ours; but most of what they do is for sockets, and
takes a tenth of the time of a call.
"""

from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPResponse, Retry, Timeout
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError
from urllib3.util.request import body_to_chunks

from mockserver.core.http import Headers, Request, Response
from mockserver.doors.delay import wait
from mockserver.doors.framing import host_of, path_and_query
from mockserver.doors.responses.received import received

Answer = Callable[[Request], Response]

_BLOCK = 16384  # bytes read from a file at a time


class Pools:
    """A pool for each scheme, host and port. `answer` is at the far end of all of them."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._pools: dict[tuple[str, str, int | None], HTTPConnectionPool] = {}

    def get(self, url: str) -> "HTTPConnectionPool":
        """The pool that a request for `url` uses."""
        parts = urlsplit(url)
        key = parts.scheme, host_of(url), parts.port
        return self._pools.get(key) or self._pools.setdefault(key, self._new(*key))

    def _new(self, scheme: str, host: str, port: int | None) -> "HTTPConnectionPool":
        kind = HTTPSConnectionPool if scheme == "https" else HTTPConnectionPool
        return kind(self._answer, host, port)


class HTTPConnectionPool(ConnectionPool):
    """Named as urllib3's, which stands in the texts of its errors."""

    default_port = 80

    def __init__(self, answer: Answer, host: str, port: int | None) -> None:
        super().__init__(host, port or self.default_port)
        self._answer = answer
        self._authority = host if self.port == self.default_port else f"{host}:{port}"

    def urlopen(self, method: str, url: str, **sent: Any) -> HTTPResponse:
        """The answer, asked for as often as the retries have it. Raises as urllib3 does."""
        path, query = path_and_query(url)
        headers, body = self._headers(sent["headers"]), _read(method, sent["body"])
        request = Request(method, path, query, headers, body)
        return self._ask(request, url, sent["retries"], sent["timeout"])

    def _ask(self, request: Request, url: str, retries: Retry, timeout: Timeout) -> HTTPResponse:
        try:
            response = self._exchange(request, url, timeout)
        except (ProtocolError, ReadTimeoutError) as error:
            left = retries.increment(request.method, url, None, error, self, error.__traceback__)
            left.sleep()
        else:
            after = self._left(request, url, retries, response)
            if after is None:
                return response
            left = after
            left.sleep(response)
        return self._ask(request, url, left, timeout)

    def _left(
        self, request: Request, url: str, retries: Retry, response: HTTPResponse
    ) -> Retry | None:
        """The retries left after an answer that calls for one; None if it is the last answer."""
        has_retry_after = bool(response.headers.get("Retry-After"))
        if not retries.is_retry(request.method, response.status, has_retry_after):
            return None
        try:
            return retries.increment(request.method, url, response, _pool=self)
        except MaxRetryError:
            if retries.raise_on_status:
                raise
            return None

    def _exchange(self, request: Request, url: str, timeout: Timeout) -> HTTPResponse:
        response = self._answer(request)
        try:
            if response.delay > 0:
                self._wait(response.delay, url, timeout)
            return received(response, request.method)
        except (HTTPException, OSError) as error:
            raise ProtocolError("Connection aborted.", error) from error

    def _wait(self, delay: float, url: str, timeout: Timeout) -> None:
        timeout = timeout.clone()
        timeout.start_connect()
        limit = timeout.read_timeout
        try:
            wait(delay, limit)
        except TimeoutError as error:
            text = f"Read timed out. (read timeout={limit})"
            raise ReadTimeoutError(self, url, text) from error

    def _headers(self, given: Mapping[str, str | bytes]) -> Headers:
        pairs = [
            (name, value.decode("latin-1") if isinstance(value, bytes) else value)
            for name, value in given.items()
        ]
        return Headers(pairs if "host" in given else (("Host", self._authority), *pairs))


class HTTPSConnectionPool(HTTPConnectionPool):
    """Of another name and port; nothing is encrypted."""

    default_port = 443


def _read(method: str, body: Any) -> bytes:
    """A body of any kind that urllib3 sends, as the bytes that it sends."""
    chunks = body_to_chunks(body, method, _BLOCK).chunks or ()
    return b"".join(part.encode() if isinstance(part, str) else part for part in chunks)
