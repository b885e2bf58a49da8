"""Whoever buys a token at Datasentinel: what is sent, where to, and the sources that say so."""

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
    """Someone with a login at the platform."""

    client: CheckClient

    @property
    def login(self) -> tuple[str, str]:
        """User and password."""
        return self.client.account["user"], self.client.account["password"]

    def create(self, **options: Any) -> requests.Response:
        """A token asked for."""
        return self.client.post(USER_TOKEN, **{"auth": self.login, **options})

    def token(self) -> str:
        """A new token."""
        return str(success(self.create())["user-token"])

    def some_token(self) -> str:
        """A token, which elsewhere than at our mock is bought once for all that may share it."""
        return str(self.client.once("token", self.token))

    def info(self, token: str, *, expect: int | None = None) -> requests.Response:
        """What a token says, asked as the page's URLs do."""
        query = {"token": token}
        return self.client.get(USER_TOKEN, auth=self.login, params=query, expect=expect)

    def roles(self, headers: dict[str, str], *, expect: int | None = None) -> requests.Response:
        """A call that needs the token."""
        return self.client.get(ROLES, headers=headers, expect=expect)


def refusal(answer: requests.Response) -> str:
    """The text of an error. That there is one, the contract has judged."""
    return str(answer.json()["error"])
