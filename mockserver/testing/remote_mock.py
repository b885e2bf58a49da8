"""The controls of a server that runs in another process."""

import re
from typing import Any
from uuid import uuid4

import urllib3

from mockserver.admin.admin_auth import check_token
from mockserver.admin.journal_calls import LONGEST_WAIT
from mockserver.admin.routes import BY_NAME, request_line
from mockserver.model.errors import ControlError, MockServerError
from mockserver.model.http import without_userinfo
from mockserver.testing.controls import Controls
from mockserver.testing.transport import Send, content_of, received

_NAMESPACE = re.compile(r"/ns/[^/]+$")
_TIMEOUT = 30.0  # real seconds: for a connection, and for a response that need not wait

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
"""By schema, the fields that our clients read."""


class RemoteMock(Controls):
    """The controls of `TokenMock`, over HTTP.

    Every method raises ControlError, too, if the server cannot be reached, or does not answer
    within 30 s.

    Args:
        url: The address of the server, or of a namespace on it; `/__admin` at its end is left
            out.
        admin_token: The token that `/__admin` asks for, sent as a bearer token.

    Raises:
        MockServerError: For an address that is not one of HTTP.
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

        Namespaces do not nest: that of a namespace is another one of the same server.

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
    headers, shown = {"Content-Type": "application/json"}, without_userinfo(url)
    if admin_token is not None:
        headers["Authorization"] = f"Bearer {admin_token}"

    def send(name: str, body: Any = None, /, **places: str) -> Any:
        method, path = request_line(name, places)
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
            raise ControlError(0, f"{shown} does not answer within {seconds:g} s") from None
        except urllib3.exceptions.HTTPError as error:
            # No cause: its text, which a traceback would show, may contain the password of `url`.
            why = str(error).replace(url, shown)
            raise ControlError(0, f"{shown} cannot be reached: {why}{_cure(error)}") from None
        value = received(answer.status, answer.data)
        if not is_ours(name, value):
            why = f"its response to {method} {path} is different"
            raise ControlError(answer.status, f"{shown} is not a token-mockserver: {why}")
        return value

    return send


def _cure(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return ". Is a server running there? `token-mockserver serve` starts one"
    if isinstance(error, urllib3.exceptions.SSLError):
        return ". Use http://, or let SSL_CERT_FILE name what `token-mockserver ca` prints"
    return ""


def is_ours(call: str, value: object) -> bool:
    """Return True if a mock may have given this response to the call of this name."""
    schema = BY_NAME[call].gives
    if not isinstance(value, dict) or (schema == "Nothing" and value):
        return False
    return all(field in value for field in FIELDS.get(schema, ()))
