"""The HTTP client for real services: it does no harm, reveals nothing, and always ends."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from ipaddress import ip_address
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from mockserver.verification.guarded_connection import (
    ConnectionDeadline,
    DeadlineAdapter,
    NoAnswer,
    error_text,
)
from mockserver.verification.statements import Reason, Why, not_checked

LARGEST = 1 << 20
"""The largest body that is read, in bytes; no vendor sends as much."""

_SILENCE = 10  # seconds without a byte
_WHOLE = 20  # seconds from connection to the last byte
_MOCK_TIMEOUT = 60  # seconds for the mock of the run, since only this machine can be slow
_PAUSE = 0.2  # seconds between two calls to other machines
_GIVE_UP = 3  # calls in a row without an answer
_NO_ANSWER = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)
_OUTAGES = (429, 502, 503, 504)


@dataclass
class CallBudget:
    """The requests of a run: how many may be sent, how many were, and which hosts answered.

    `explicit` is True if the user gave the limit; it then counts for mocks too.
    """

    limit: int = 200
    explicit: bool = False
    calls: int = 0
    hosts: list[str] = field(default_factory=list)

    _lock: Lock = field(default_factory=Lock)

    def count(self, *, limited: bool) -> None:
        """Count a request before it is sent; end the check if the budget is spent."""
        with self._lock:
            if limited and self.calls >= self.limit:
                not_checked(Reason.BUDGET_SPENT, f"{self.limit} calls were made")
            self.calls += 1

    def add_host(self, host: str) -> None:
        """Record that `host` answered."""
        with self._lock:
            if host not in self.hosts:
                self.hosts.append(host)


class GuardedClient:
    """HTTP client for one service: https only, no redirects or proxies, bounded in size and time.

    Plain http is possible on loopback. A check whose request gets no answer is not checked.

    Args:
        url: An address of the service; requests to another origin are refused.
        budget: The calls of the run.
        foreign: False for the mock that was started for the run, which needs no protection.
        ca_bundle: A file of certificates to trust in place of the public ones.

    Attributes:
        silence: Why the service has not yet answered as an API does; None once it has.
    """

    def __init__(
        self, url: str, budget: CallBudget, *, foreign: bool, ca_bundle: str | None = None
    ) -> None:
        self._origin = _origin(url)
        self._budget = budget
        self._foreign = foreign
        self._verify: str | bool = ca_bundle or True
        self._pause = 0.0 if is_loopback_url(url) else _PAUSE
        self._failures, self._reason = 0, ""
        self._limited = foreign
        self.silence: Why | None = Why(Reason.NOTHING_ASKED) if foreign else None

    def lift_default_limit(self) -> None:
        """Send as many requests as the checks need, unless the user gave a limit."""
        self._limited = self._budget.explicit

    def send(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request to the vendor's API and return the whole answer.

        Args:
            method: The HTTP method.
            url: The absolute URL.
            options: Further arguments of `requests.request`.

        Raises:
            CheckSkipped: If no answer came, or one that is not an API's.
        """
        answer = self.send_control(method, url, **options)
        if self._foreign:
            self._examine(answer)
        return answer

    def send_control(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request to the control interface of a mock; the answer is not examined."""
        if not self._foreign:
            self._budget.count(limited=self._budget.explicit)
            answer = self._request(method, url, options)
            self._budget.add_host(urlsplit(url).netloc)
            return answer
        if self._failures >= _GIVE_UP:
            detail = f"given up after {_GIVE_UP} tries: {self._reason}"
            not_checked(Reason.HOST_UNREACHABLE, detail)
        self._prepare(url)
        return self._reach(method, url, options)

    def probe(self, url: str) -> requests.Response | None:
        """Return the answer to a GET, or None; a failure has no consequences."""
        self._prepare(url)
        try:
            return self._request("GET", url, {})
        except _NO_ANSWER:
            return None

    def clean_up(self, method: str, url: str) -> None:
        """Send a last request, whether or not the budget is spent; a failure has no effect."""
        with suppress(*_NO_ANSWER):
            self._request(method, url, {})

    def _prepare(self, url: str) -> None:
        if _origin(url) != self._origin:
            raise ValueError(f"this client sends to {self._origin} only")
        self._budget.count(limited=self._limited)
        time.sleep(self._pause)

    def _reach(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        try:
            answer = self._request(method, url, options)
        except _NO_ANSWER as error:
            self._failures += 1
            self._reason = error_text(error)
            self._set_silence(Why(Reason.HOST_UNREACHABLE, self._reason))
            not_checked(Reason.HOST_UNREACHABLE, self._reason)
        self._failures = 0
        self._budget.add_host(urlsplit(url).netloc)
        return answer

    def _request(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        silence, whole = (_SILENCE, _WHOLE) if self._foreign else (_MOCK_TIMEOUT, _MOCK_TIMEOUT)
        with requests.Session() as session, ConnectionDeadline(whole) as deadline:
            session.trust_env = False
            adapter = DeadlineAdapter(deadline)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            answer = session.request(
                method,
                url,
                timeout=silence,
                allow_redirects=False,
                stream=True,
                verify=self._verify,
                **options,
            )
            try:
                # Read here, while the deadline still watches the connection.
                body = _whole(answer, deadline)
            finally:
                # A session does not close the connection of an answer that is not read to its end.
                answer.close()
            answer.raw = BytesIO(body)
            return answer

    def _examine(self, answer: requests.Response) -> None:
        """End the check if the answer is not an API's."""
        host = _other_host(answer)
        if host is not None:
            why = Why(Reason.REDIRECTED, f"it redirects to {host}, which is not followed")
            self._set_silence(why)
            not_checked(*why)
        why = Why(Reason.OUTAGE, f"it answers {answer.status_code}")
        if answer.status_code in _OUTAGES:
            self._set_silence(why)
            not_checked(*why)
        if answer.status_code >= 500:
            self._set_silence(Why(why.reason, f"{why.detail} to everything"))
        elif is_page(answer):
            self._set_silence(Why(Reason.NO_API, f"{why.detail} with an HTML page"))
        else:
            self.silence = None

    def _set_silence(self, why: Why) -> None:
        if self.silence is not None:
            self.silence = why


def is_loopback_url(url: str) -> bool:
    """Return True if a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_page(answer: requests.Response) -> bool:
    """Return True for an HTML page, but not for JSON with the content type of one."""
    if "html" not in answer.headers.get("Content-Type", "").lower():
        return False
    try:
        json.loads(answer.content)
    except ValueError:
        return True
    return False


def _other_host(answer: requests.Response) -> str | None:
    """Return the host of a redirect to another host; one to the same host is an answer."""
    if not 300 <= answer.status_code < 400:
        return None
    try:
        location = urlsplit(answer.headers.get("Location", ""))
    except ValueError:
        return "an invalid address"
    ours = urlsplit(answer.url).netloc
    return location.hostname if location.netloc not in ("", ours) else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _whole(answer: requests.Response, deadline: ConnectionDeadline) -> bytes:
    body = bytearray()
    for piece in answer.raw.stream(1 << 14, decode_content=True):
        body += piece
        if len(body) > LARGEST:
            raise NoAnswer(f"the answer is larger than {LARGEST} bytes")
    deadline.check()
    return bytes(body)
