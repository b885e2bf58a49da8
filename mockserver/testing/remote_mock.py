"""The controls of a server that runs in another process."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import urllib3

from mockserver.admin.admin_auth import PREFIX, check_token
from mockserver.admin.events import EVENTS_PATH
from mockserver.admin.journal_calls import LONGEST_WAIT
from mockserver.admin.routes import BY_NAME, request_line
from mockserver.model.errors import ControlError, MockServerError
from mockserver.model.http import without_userinfo
from mockserver.model.request_content import content_of
from mockserver.testing.controls import Controls
from mockserver.testing.handles import Send

_NAMESPACE = re.compile(r"/ns/[^/]+$")
_TIMEOUT = 30.0  # real seconds: for a connection, and for a response that need not wait
_READ_TIMEOUT = 60.0  # real seconds without a byte: the server sends a comment more often
_PAUSE = 1.0  # real seconds before a lost connection is made again
_NOT_ADMIN = "not from /__admin: the address must be that of a server, or of a namespace on it"

FIELDS: dict[str, tuple[str, ...]] = {
    "Account": ("id", "credentials"),
    "Clock": ("now", "frozen"),
    "Count": ("count",),
    "Explanation": ("accepted", "reason"),
    "Requests": ("requests",),
    "Health": ("status", "version"),
    "Journal": ("requests",),
    "Mapping": ("id",),
    "Mappings": ("mappings",),
    "MintedToken": ("id", "token", "expires"),
    "NearMisses": ("nearMisses",),
    "Tokens": ("tokens",),
    "Vendors": ("vendors",),
    "Verdicts": ("verdicts",),
    "Waited": ("count",),
}
"""By schema of a response, the fields that `RemoteMock` reads."""


class RemoteMock(Controls):
    """The controls of `TokenMock`, over HTTP.

    Every method also raises ControlError if the server cannot be reached, or does not respond
    within 30 s.

    Args:
        url: The address of the server, or of a namespace on it. It may end in `/__admin`.
        admin_token: The token that `/__admin` requires, sent as a bearer token.

    Raises:
        MockServerError: For an address that does not begin with http:// or https://.
        ConfigurationError: For an admin token that no header field can carry.
    """

    def __init__(self, url: str, admin_token: str | None = None) -> None:
        self.url = url.rstrip("/").removesuffix("/__admin")
        if not self.url.startswith(("http://", "https://")):
            raise MockServerError(
                f"{without_userinfo(url)!r} is not an address: it must begin with http://"
            )
        check_token(admin_token)
        self.admin_token = admin_token
        super().__init__(_far(self.url, admin_token))

    def namespace(self, name: str | None = None) -> "RemoteMock":
        """Return the controls of a namespace: a state of its own on the same server.

        Namespaces do not nest: called on a namespace, this returns another one of the server.

        Args:
            name: 1 to 100 letters, digits and `. _ ~ -`; None for a new namespace.
        """
        server = _NAMESPACE.sub("", self.url)
        return RemoteMock(f"{server}/ns/{name or uuid4().hex}", self.admin_token)

    def drop(self) -> None:
        """Remove this namespace with its state."""
        self._send("server.drop_namespace")


def _far(url: str, admin_token: str | None) -> Send:
    # urllib3, not requests: a mock in the code under test must not answer the controls.
    pool = urllib3.PoolManager(retries=False)
    headers = _headers(admin_token, "Content-Type", "application/json")

    def send(name: str, body: Any = None, /, **parameters: str) -> Any:
        method, path = request_line(name, parameters)
        seconds = _TIMEOUT + (LONGEST_WAIT if name == "requests.wait" else 0)
        try:
            answer = pool.request(
                method,
                url + path,
                body=content_of(body),
                headers=headers,
                timeout=seconds,
                redirect=False,  # before urllib3 2.5 the pool's `retries` did not say so
            )
        except urllib3.exceptions.ReadTimeoutError:
            shown = without_userinfo(url)
            raise ControlError(0, f"{shown} does not answer within {seconds:g} s") from None
        except urllib3.exceptions.HTTPError as error:
            raise _unreachable(url, error) from None
        value = received(answer.status, answer.data)
        if not is_ours(name, value):
            why = f"its response to {method} {path} is different"
            shown = without_userinfo(url)
            raise ControlError(answer.status, f"{shown} is not a token-mockserver: {why}")
        return value

    return send


def _headers(admin_token: str | None, name: str, value: str) -> dict[str, str]:
    """Return the header fields of a request: `name` with its value, and the admin token."""
    token = {} if admin_token is None else {"Authorization": f"Bearer {admin_token}"}
    return {name: value, **token}


def _unreachable(url: str, error: Exception) -> ControlError:
    """Return the error for a server that cannot be reached.

    Raise it without a cause: the text of `error`, which a traceback would show, may contain the
    password of `url`.
    """
    shown = without_userinfo(url)
    why = str(error).replace(url, shown)
    return ControlError(0, f"{shown} cannot be reached: {why}{_cure(error)}")


def _cure(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return ". Is a server running there? `token-mockserver serve` starts one"
    if isinstance(error, urllib3.exceptions.SSLError):
        return ". Use http://, or let SSL_CERT_FILE name what `token-mockserver ca` prints"
    return ""


def received(status: int, body: bytes) -> Any:
    """Return the JSON value of a response; None if its body is not JSON.

    Raises:
        ControlError: For an error status. Its text is the response's `detail`, or the error of
            the store if the server is unhealthy.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if status < 400:
        return value
    fields = value if isinstance(value, dict) else {}
    detail = fields.get("detail") or ("store" in fields and f"unhealthy: {fields['store']}")
    raise ControlError(status, detail or f"status {status}, {_NOT_ADMIN}")


def is_ours(call: str, value: object) -> bool:
    """Return True if a mock may have given this response to the call of this name."""
    schema = BY_NAME[call].gives
    if not isinstance(value, dict) or (schema == "Nothing" and value):
        return False
    return all(field in value for field in FIELDS.get(schema, ()))


def follow(url: str, admin_token: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the journal's entry of each request from now on, as a JSON object.

    A lost connection is opened again; the entries continue after the last one.

    Args:
        url: The address of the server, or of a namespace on it.
        admin_token: The token that `/__admin` requires; None for none.

    Raises:
        ControlError: If the first connection fails, or the server refuses.
    """
    check_token(admin_token)
    headers = _headers(admin_token, "Accept", "text/event-stream")
    pool = urllib3.PoolManager(retries=False)
    is_first = True
    while True:
        try:
            answer = pool.request(
                "GET",
                f"{url.rstrip('/')}{PREFIX}{EVENTS_PATH}",
                headers=headers,
                timeout=urllib3.Timeout(connect=10, read=_READ_TIMEOUT),
                preload_content=False,
                redirect=False,
            )
            _check(answer, url)
            is_first = False
            for event_id, data in _events(answer):
                headers["Last-Event-ID"] = event_id
                yield json.loads(data)
        except urllib3.exceptions.HTTPError as error:
            if is_first:
                raise _unreachable(url, error) from None
        time.sleep(_PAUSE)


def _check(answer: "urllib3.BaseHTTPResponse", url: str) -> None:
    kind = answer.headers.get("Content-Type", "")
    if answer.status == 200 and kind.startswith("text/event-stream"):
        return
    if answer.status == 401:
        raise ControlError(401, "Send the admin token as the bearer in Authorization.")
    shown = without_userinfo(url)
    raise ControlError(answer.status, f"{shown} sends no events: status {answer.status}")


def _events(answer: "urllib3.BaseHTTPResponse") -> Iterator[tuple[str, str]]:
    """Yield id and data of each event that has an id; the others contain no request."""
    fields: dict[str, str] = {}
    # By lines: `read1`, which returns what has come, is new in urllib3 2.
    while line := answer.readline():
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if value:
            fields[name] = value
        elif not name:  # an empty line ends an event
            if "id" in fields:
                yield fields["id"], fields.get("data", "{}")
            fields = {}
