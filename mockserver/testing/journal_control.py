"""The journal of a mock: its requests, and assertions on them."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from mockserver.model.errors import ControlError
from mockserver.testing.handles import Send, VendorOrName, name_of

Pattern = Mapping[str, Any]
"""A request pattern in WireMock's words: `{"headers": {"Accept": {"absent": True}}}`."""


class LoggedRequest(NamedTuple):
    """One request as the journal shows it, with secrets redacted.

    Attributes:
        vendor: The vendor's name, or None.
        endpoint: The endpoint's name, or None.
        method: The method as sent.
        url: The path and query as sent.
        headers: The header fields as sent; the values of a field that was sent twice are joined
            by ", ".
        body: The body as text.
        status: The status of the response; 0 if the connection broke before it.
        reason: Why the vendor refused, or the fault that was injected; None otherwise.
        token_id: The id of the token that was sent or issued, or None.
        resend_of: The id of the equal request before this one whose response a fault broke; None
            if there is none.
        at: The time of the request by the mock's clock, in UTC.
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
    resend_of: str | None
    at: datetime


class Requests:
    """The journal: the last 1000 requests.

    Methods that select requests take a vendor (name or handle), the name of an endpoint, and a
    request pattern. An argument that is left out does not restrict the selection.
    """

    def __init__(self, send: Send) -> None:
        self._send = send

    def all(self) -> list[LoggedRequest]:
        """Return every request, oldest first."""
        shown = self._send("requests.listed")["requests"]
        return [logged(entry["request"]) for entry in reversed(shown)]

    def total(self) -> int:
        """Return how many requests came since the last reset, including those no longer kept."""
        dropped: int = self._send("server.health")["journal"]["dropped"]
        return len(self.all()) + dropped

    def find(
        self,
        vendor: VendorOrName | None = None,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
    ) -> list[LoggedRequest]:
        """Return the requests that match, oldest first."""
        return self._find(_pattern(vendor, endpoint, pattern))

    def count(
        self,
        vendor: VendorOrName | None = None,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
    ) -> int:
        """Return the number of requests that match."""
        return self._count(_pattern(vendor, endpoint, pattern))

    def unmatched(self) -> list[LoggedRequest]:
        """Return the requests that reached neither an endpoint nor a stub, oldest first."""
        shown = self._send("requests.unmatched")["requests"]
        return [logged(request) for request in shown]

    def wait(
        self,
        vendor: VendorOrName | None = None,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
        *,
        count: int = 1,
        timeout: float = 10,
    ) -> None:
        """Return as soon as `count` requests match.

        Raises:
            TimeoutError: After `timeout` real seconds.
        """
        wanted = _pattern(vendor, endpoint, pattern)
        body = {"pattern": wanted, "count": count, "timeout": timeout}
        try:
            self._send("requests.wait", body)
        except ControlError as error:
            if error.status != 408:
                raise
            raise TimeoutError(str(error)) from None

    def clear(self) -> None:
        """Remove every request."""
        self._send("requests.reset")

    def assert_called(
        self,
        vendor: VendorOrName | None = None,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
        *,
        times: int | None = None,
    ) -> None:
        """Assert that requests match: `times` of them, or at least one.

        Raises:
            AssertionError: If they do not. The text lists the requests that match; if there are
                too few, it shows the nearest others side by side with what was expected.
        """
        __tracebackhide__ = True  # pytest shows the line of the test
        wanted = _pattern(vendor, endpoint, pattern)
        try:
            count = self._count(wanted)
        except ControlError as error:  # the pattern is refused, which the text explains
            raise error.with_traceback(None) from None
        if count == times or (times is None and count):
            return
        expected = "at least one request" if times is None else f"{times} requests"
        lines = [f"expected {expected} like {wanted or 'any'}, got {count}"]
        lines += self._matching(wanted)
        if count < (times or 1):
            lines += self._near(wanted)
        if not self.all():
            lines.append("  (no request at all)")
        raise AssertionError("\n".join(lines))

    def assert_not_called(
        self,
        vendor: VendorOrName | None = None,
        endpoint: str | None = None,
        pattern: Pattern | None = None,
    ) -> None:
        """Assert that no request matches.

        Raises:
            AssertionError: If one does; the text lists them.
        """
        __tracebackhide__ = True
        self.assert_called(vendor, endpoint, pattern, times=0)

    def assert_no_unmatched(self) -> None:
        """Assert that every request reached an endpoint or a stub.

        Raises:
            AssertionError: If one did not. The text shows the endpoints and stubs that are
                nearest to it, side by side.
        """
        __tracebackhide__ = True
        misses = self._send("near.of_unmatched")["nearMisses"]
        if misses:
            lines = ["requests that matched nothing; nearest:"]
            for request, nearest in groupby((miss["request"] for miss in misses), _request_line):
                lines += [request, *(each["sideBySide"] for each in nearest)]
            raise AssertionError("\n".join(lines))

    def _find(self, wanted: Pattern) -> list[LoggedRequest]:
        return [logged(request) for request in self._send("requests.find", wanted)["requests"]]

    def _count(self, wanted: Pattern) -> int:
        return int(self._send("requests.count", wanted)["count"])

    def _matching(self, wanted: Pattern) -> list[str]:
        """Return a line for each request that matches."""
        return [
            f"  {number}. {found.method} {found.url} answered {found.status or 'by a fault'}"
            f" at {found.at.isoformat()}{f' ({found.reason})' if found.reason else ''}"
            for number, found in enumerate(self._find(wanted), 1)
        ]

    def _near(self, wanted: Pattern) -> list[str]:
        nearest = self._send("near.of_pattern", wanted)["nearMisses"]
        others = (miss for miss in nearest if miss["matchResult"]["distance"] > 0)
        return [miss["request"]["sideBySide"] for miss in others]


def _request_line(request: Mapping[str, Any]) -> str:
    return f"{request['method']} {request['absoluteUrl']}"


def _pattern(
    vendor: VendorOrName | None, endpoint: str | None, pattern: Pattern | None
) -> dict[str, Any]:
    named = {"vendor": name_of(vendor), "endpoint": endpoint}
    return {**(pattern or {}), **{name: value for name, value in named.items() if value}}


def logged(request: Mapping[str, Any]) -> LoggedRequest:
    """Return a request from the JSON object by which the admin API shows it."""
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
        resend_of=request["resendOf"],
        at=datetime.fromisoformat(request["loggedDateString"]),
    )
