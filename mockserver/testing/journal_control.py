"""What a mock was asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from mockserver.model.errors import ControlError
from mockserver.testing.transport import Send

Pattern = Mapping[str, Any]
"""A request pattern in WireMock's words: `{"headers": {"Accept": {"absent": True}}}`."""


class LoggedRequest(NamedTuple):
    """One request as the journal shows it: secrets are redacted.

    `vendor` and `endpoint`: None where it reached none. `status`: of the answer, 0 where the
    connection broke before there was one. `reason`: why the vendor refused or which fault was
    ordered, or None. `at`: by the mock's clock, UTC.
    """

    vendor: str | None
    endpoint: str | None
    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    status: int
    reason: str | None
    token_id: str | None
    at: datetime


class Requests:
    """The journal: the last 1000 requests, to be looked at and asserted on.

    The methods that ask for some of them take a vendor, an endpoint, and a pattern; what is left
    out is not asked for.
    """

    def __init__(self, send: Send) -> None:
        self._send = send

    def all(self) -> list[LoggedRequest]:
        """Every request, oldest first."""
        shown = self._send("requests.listed")["requests"]
        return [_logged(entry["request"]) for entry in reversed(shown)]

    def find(
        self, vendor: str | None = None, endpoint: str | None = None, pattern: Pattern | None = None
    ) -> list[LoggedRequest]:
        """The requests that match, oldest first."""
        answer = self._send("requests.find", _pattern(vendor, endpoint, pattern))
        return [_logged(request) for request in answer["requests"]]

    def count(
        self, vendor: str | None = None, endpoint: str | None = None, pattern: Pattern | None = None
    ) -> int:
        """How many requests match."""
        answer = self._send("requests.count", _pattern(vendor, endpoint, pattern))
        return int(answer["count"])

    def unmatched(self) -> list[LoggedRequest]:
        """The requests that reached no endpoint and no stub, oldest first."""
        shown = self._send("requests.unmatched")["requests"]
        return [_logged(request) for request in shown]

    def wait(
        self,
        vendor: str | None = None,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
        *,
        count: int = 1,
        timeout: float = 10,
    ) -> None:
        """Return when `count` requests match. Raises TimeoutError after `timeout` real seconds."""
        wanted = _pattern(vendor, endpoint, pattern)
        body = {"pattern": wanted, "count": count, "timeout": timeout}
        try:
            self._send("requests.wait", body)
        except ControlError as error:
            if error.status != 408:
                raise
            raise TimeoutError(str(error)) from None

    def clear(self) -> None:
        """Forget every request."""
        self._send("requests.reset")

    def assert_called(
        self,
        vendor: str | None = None,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
        *,
        times: int | None = None,
    ) -> None:
        """Raise AssertionError unless requests match: `times` of them, or at least one.

        The text shows the requests that came nearest, side by side with what was expected.
        """
        wanted = _pattern(vendor, endpoint, pattern)
        count = self.count(vendor, endpoint, pattern)
        if count == times or (times is None and count):
            return
        expected = "at least one request" if times is None else f"{times} requests"
        lines = [f"expected {expected} like {wanted or 'any'}, got {count}"]
        nearest = self._send("near.of_pattern", wanted)["nearMisses"]
        lines += [miss["request"]["sideBySide"] for miss in nearest] or ["  (no request at all)"]
        raise AssertionError("\n".join(lines))

    def assert_not_called(
        self, vendor: str | None = None, endpoint: str | None = None, pattern: Pattern | None = None
    ) -> None:
        """Raise AssertionError if a request matches."""
        self.assert_called(vendor, endpoint, pattern, times=0)

    def assert_no_unmatched(self) -> None:
        """Raise AssertionError if a request reached no endpoint and no stub.

        The text shows, side by side, the endpoints and stubs that came nearest to each.
        """
        misses = self._send("near.of_unmatched")["nearMisses"]
        if misses:
            shown = [_side_by_side(miss["request"]) for miss in misses]
            raise AssertionError("\n".join(["requests that matched nothing; nearest:", *shown]))


def _side_by_side(request: Mapping[str, Any]) -> str:
    return f"{request['method']} {request['absoluteUrl']}\n{request['sideBySide']}"


def _pattern(vendor: str | None, endpoint: str | None, pattern: Pattern | None) -> dict[str, Any]:
    named = {"vendor": vendor, "endpoint": endpoint}
    return {**(pattern or {}), **{name: value for name, value in named.items() if value}}


def _logged(request: Mapping[str, Any]) -> LoggedRequest:
    return LoggedRequest(
        vendor=request["vendor"],
        endpoint=request["endpoint"],
        method=request["method"],
        url=request["url"],
        headers=request["headers"],
        body=request["body"],
        status=request["status"],
        reason=request["reason"],
        token_id=request["tokenId"],
        at=datetime.fromisoformat(request["loggedDateString"]),
    )
