"""The controls of a server that runs elsewhere."""

import re
from typing import Any
from uuid import uuid4

import urllib3

from mockserver.admin.admin_auth import check_token
from mockserver.admin.journal_calls import LONGEST_WAIT
from mockserver.admin.routes import request_line
from mockserver.model.errors import ControlError, MockServerError
from mockserver.testing.controls import Controls
from mockserver.testing.response_check import is_ours
from mockserver.testing.transport import Send, content_of, received

_NAMESPACE = re.compile(r"/ns/[^/]+$")
_PATIENCE = 30.0  # real seconds: for a connection, and for an answer that need not wait


class RemoteMock(Controls):
    """The same interface as `TokenMock`, over HTTP. `url`: of the server, or of a namespace.

    Raises ControlError if the server cannot be reached, does not answer within 30 s, or refuses.
    `admin_token`: sent as bearer. Raises ConfigurationError for one that no header can carry.
    """

    def __init__(self, url: str, admin_token: str | None = None) -> None:
        self.url = url.rstrip("/")
        if not self.url.startswith(("http://", "https://")):
            raise MockServerError(f"{url!r} is no address: it must begin with http://")
        check_token(admin_token)
        self._admin_token = admin_token
        super().__init__(_far(self.url, admin_token))

    def namespace(self) -> "RemoteMock":
        """A fresh state of its own on the same server, for one of those who share it.

        Of a namespace: another one beside it. Nothing of this one is in it.
        """
        server = _NAMESPACE.sub("", self.url)
        return RemoteMock(f"{server}/ns/{uuid4().hex}", self._admin_token)

    def drop(self) -> None:
        """Forget this namespace with all that is in it."""
        self._send("server.drop_namespace")


def _far(url: str, admin_token: str | None) -> Send:
    # urllib3, not requests: a mock in the code under test must not answer the controls.
    pool = urllib3.PoolManager(retries=False)
    headers = {"Content-Type": "application/json"}
    if admin_token is not None:
        headers["Authorization"] = f"Bearer {admin_token}"

    def send(name: str, body: Any = None, /, **places: str) -> Any:
        method, path = request_line(name, places)
        seconds = _PATIENCE + (LONGEST_WAIT if name == "requests.wait" else 0)
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
            raise ControlError(0, f"{url} does not answer within {seconds:g} s") from None
        except urllib3.exceptions.HTTPError as error:
            raise ControlError(0, f"{url} cannot be reached: {error}") from error
        value = received(answer.status, answer.data)
        if not is_ours(name, value):
            why = f"its answer to {method} {path} is another one"
            raise ControlError(answer.status, f"{url} is no token-mockserver: {why}")
        return value

    return send
