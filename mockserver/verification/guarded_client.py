"""The way to somebody's service: one that does no harm, gives nothing away, and always ends."""

import json
import time
from dataclasses import dataclass, field
from io import BytesIO
from ipaddress import ip_address
from threading import Lock
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
import requests
import urllib3

from mockserver.verification.error_text import NoAnswer, error_text
from mockserver.verification.guarded_connection import ConnectionDeadline, DeadlineAdapter
from mockserver.verification.results import UNASKED

LARGEST = 1 << 20
"""Bytes of an answer; no vendor sends as much."""

_SILENCE = 10  # seconds without a byte
_WHOLE = 20  # seconds from connection to the last byte
_PATIENCE = 60  # seconds for the mock of the run: it is our own machine that is slow then
_PAUSE = 0.2  # seconds between two calls to other machines
_GIVE_UP = 3  # calls in a row without an answer
_NO_ANSWER = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)
_OUTAGES = (429, 502, 503, 504)


@dataclass
class CallBudget:
    """What was sent in a run. `limit`: of calls; `hosts`: that answered.

    `limited`: whether the limit was given, and so counts for every mock too.
    """

    limit: int = 200
    limited: bool = False
    calls: int = 0
    hosts: list[str] = field(default_factory=list)

    _lock: Lock = field(default_factory=Lock)

    def count(self, *, limited: bool) -> None:
        """Note a call that is going to be sent. Ends the check when all are spent."""
        with self._lock:
            if limited and self.calls >= self.limit:
                not_checked("budget spent", f"{self.limit} calls were made")
            self.calls += 1

    def reached(self, host: str) -> None:
        """Note that `host` answered."""
        with self._lock:
            if host not in self.hosts:
                self.hosts.append(host)


class GuardedClient:
    """Sends requests to one service. `foreign`: not the server of this run.

    To a foreign service: https, or plain http on this machine; no redirect is followed, no proxy
    and no .netrc asked; an answer is bounded in size and time; a check that gets none is not
    checked. `ca_bundle`: a file of certificates to trust in place of the public ones.
    `silence`: what it did instead, until it has answered as an API does; then None.
    """

    def __init__(
        self, url: str, traffic: CallBudget, *, foreign: bool, ca_bundle: str | None = None
    ) -> None:
        self._origin = _origin(url)
        self._traffic = traffic
        self._foreign = foreign
        self._verify: str | bool = ca_bundle or True
        self._pause = 0.0 if is_loopback(url) else _PAUSE
        self._failures, self._reason = 0, ""
        self._limited = foreign
        self.silence: str | None = UNASKED if foreign else None

    def spare_mock(self, mock: bool) -> None:
        """A mock of ours bears every call: no limit counts for it, unless one was given."""
        self._limited = self._traffic.limited or not mock

    def send(self, method: str, url: str, **options: Any) -> requests.Response:
        """The answer, whole. `options` as `requests` takes them."""
        answer = self.order(method, url, **options)
        if self._foreign:
            self._listen(answer)
        return answer

    def order(self, method: str, url: str, **options: Any) -> requests.Response:
        """The answer of a mock's control interface, which says nothing of its API."""
        if not self._foreign:
            self._traffic.count(limited=self._traffic.limited)
            answer = self._ask(method, url, options)
            self._traffic.reached(urlsplit(url).netloc)
            return answer
        if self._failures >= _GIVE_UP:
            not_checked("host unreachable", f"given up after {_GIVE_UP} tries: {self._reason}")
        self._prepare(url)
        return self._reach(method, url, options)

    def probe(self, url: str) -> requests.Response | None:
        """The answer to a GET that may well get none: then None, and nothing follows from it."""
        self._prepare(url)
        try:
            return self._ask("GET", url, {})
        except _NO_ANSWER:
            return None

    def _prepare(self, url: str) -> None:
        if _origin(url) != self._origin:
            raise ValueError(f"this line leads to {self._origin} only")
        self._traffic.count(limited=self._limited)
        time.sleep(self._pause)

    def _reach(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        try:
            answer = self._ask(method, url, options)
        except _NO_ANSWER as error:
            self._failures += 1
            self._reason = error_text(error)
            self._complain(f"host unreachable: {self._reason}")
            not_checked("host unreachable", self._reason)
        self._failures = 0
        self._traffic.reached(urlsplit(url).netloc)
        return answer

    def _ask(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        silence, whole = (_SILENCE, _WHOLE) if self._foreign else (_PATIENCE, _PATIENCE)
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
            answer.raw = BytesIO(_whole(answer, deadline))  # read now, while a deadline is there
            return answer

    def _listen(self, answer: requests.Response) -> None:
        """End the check if this is the answer of no API."""
        host = _elsewhere(answer)
        if host is not None:
            self._complain(f"it redirects to {host}, which is not followed")
            not_checked("cannot be checked", f"it redirects to {host}, which is not followed")
        if answer.status_code in _OUTAGES:
            self._complain(f"outage: it answers {answer.status_code}")
            not_checked("outage", f"it answers {answer.status_code}")
        if answer.status_code >= 500:
            self._complain(f"outage: it answers {answer.status_code} to everything")
        elif is_page(answer):
            self._complain(f"no API there: it answers {answer.status_code} with an HTML page")
        else:
            self.silence = None

    def _complain(self, reason: str) -> None:
        if self.silence is not None:
            self.silence = reason


def not_checked(why: str, detail: str) -> NoReturn:
    """End a check that cannot be made. `why`: the kind of reason; `detail`: what is the matter."""
    pytest.skip(f"{why}: {detail}")


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_page(answer: requests.Response) -> bool:
    """Whether an answer is an HTML page, and no JSON that is only called one."""
    if "html" not in answer.headers.get("Content-Type", "").lower():
        return False
    try:
        json.loads(answer.content)
    except ValueError:
        return True
    return False


def _elsewhere(answer: requests.Response) -> str | None:
    """The other host that an answer redirects to, if it does. On its own host it is an answer."""
    if not 300 <= answer.status_code < 400:
        return None
    try:
        location = urlsplit(answer.headers.get("Location", ""))
    except ValueError:
        return "no host that there is"
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
