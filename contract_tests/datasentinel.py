"""Requests to Datasentinel that the checks share, and the sources that the checks name."""

from dataclasses import dataclass
from typing import Any

import requests

from mockserver.verification.check_client import CheckClient, success

PAGE = "Access Token page"
CREATION = f"{PAGE}, Token Creation"
INFOS = f"{PAGE}, Token Infos"
SAMPLE = f"{PAGE}, sample token, decoded"
SCRIPTS = "scripts that the vendor publishes"
OURS = "our choice"

USER_TOKEN = "/ds-api/user-token"
HEALTH = "/ds-api/"
ROLES = "/ds-api/roles"
LIFE = 86_405  # seconds: a day, and the 5 s that every published token has


@dataclass
class User:
    """A user of the platform."""

    client: CheckClient

    @property
    def login(self) -> tuple[str, str]:
        """Return user and password."""
        return self.client.account["user"], self.client.account["password"]

    def create(self, **options: Any) -> requests.Response:
        """Request a token."""
        return self.client.post(USER_TOKEN, **{"auth": self.login, **options})

    def token(self) -> str:
        """Return a new token."""
        return str(success(self.create())["user-token"])

    def some_token(self) -> str:
        """Return a token; the checks of a real service share one token."""
        return str(self.client.once("token", self.token))

    def info(self, token: str, *, expect: int | None = None) -> requests.Response:
        """Request the claims of a token, by the URL that the page shows."""
        query = {"token": token}
        return self.client.get(USER_TOKEN, auth=self.login, params=query, expect=expect)

    def roles(self, headers: dict[str, str], *, expect: int | None = None) -> requests.Response:
        """Request the roles, which requires the token."""
        return self.client.get(ROLES, headers=headers, expect=expect)


def refusal(answer: requests.Response) -> str:
    """Return the text of an error. The contract checks that there is one."""
    return str(answer.json()["error"])
