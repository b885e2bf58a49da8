"""Requests to dStor that the checks share, and the sources that the checks name."""

from dataclasses import dataclass
from typing import Any

import requests

from mockserver.verification.check_client import CheckClient, in_order, success
from mockserver.verification.token_check import DecodedToken, decoded

PAGE = "Obtain an Access Token page"
HEADERS = f"{PAGE}, header block"
SNIPPETS = f"{PAGE}, code snippets"
OLDER = "older page of the same documentation"
OTHER = "another page of the vendor"
CLIENTS = "client code of third parties"
OURS = "our choice"

TEMP_TOKEN = "/v1/dev/temp-token"
UPLOAD = "/v1/upload/get-token"
FOLDER = {"chunks_number": 1, "folder_path": "/"}
ERRORS = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 500: "Internal Server Error"}


@dataclass
class Developer:
    """A developer with an API key."""

    client: CheckClient

    def ask(self, *, expect: int | None = None, **headers: Any) -> requests.Response:
        """Request a temporary token with the key and `headers` (`x_expiration`: x-expiration)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        key = {"api-key": self.client.account["api-key"]}
        return self.client.get(TEMP_TOKEN, headers={**key, **named}, expect=expect)

    def token(self, **headers: Any) -> str:
        """Return a temporary token."""
        return str(success(self.ask(**headers))["access_token"])

    def some_token(self) -> str:
        """Return a token; the checks of a real service share one token."""
        return str(self.client.once("token", self.token))

    def decoded(self, **headers: Any) -> DecodedToken:
        """Return a temporary token, decoded."""
        return decoded(self.token(**headers))

    def log_in(self, *, expect: int | None = None, **fields: str) -> requests.Response:
        """Request a temporary token with e-mail and password."""
        return self.client.post(TEMP_TOKEN, json=fields, expect=expect)

    def upload(
        self, authorization: str | None, *, path: str = UPLOAD, expect: int | None = None
    ) -> requests.Response:
        """Send the first request of an upload with this `Authorization`."""
        headers = {} if authorization is None else {"Authorization": authorization}
        return self.client.post(path, headers=headers, json=FOLDER, expect=expect)


def refusal(answer: requests.Response) -> str:
    """Return the message of an error, and check Fastify's default form."""
    body = answer.json()
    assert in_order(body, ["statusCode", "error", "message"])
    assert body["statusCode"] == answer.status_code
    assert body["error"] == ERRORS[answer.status_code]
    return str(body["message"])
