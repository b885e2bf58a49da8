"""Sends requests to one vendor; every answer is judged by the contract before a check sees it."""

from collections.abc import Mapping
from copy import copy
from typing import Any

import requests

from .contract import Contract, contract_for
from .credentials import Credentials
from .differences import Difference, Divergence
from .judge import judge, judge_body
from .targets import Target

_TIMEOUT = 30  # seconds


class Client:
    """A client of one vendor.

    `additions`: what came and no page knows. It makes a check fail at its end, so that the
    statement of the check is looked at first.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.account: Credentials | Mapping[str, str] = target.account
        self.contract: Contract = contract_for(target.vendor)
        self.additions: list[Difference] = []

    def with_account(self, account: Mapping[str, str]) -> "Client":
        """The same client for someone else."""
        other = copy(self)
        other.account = account
        return other

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET; the options are those of `send`."""
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """POST; the options are those of `send`."""
        return self.send("POST", path, **options)

    def send(
        self, method: str, path: str, *, expect: int | None = None, host: str = "", **options: Any
    ) -> requests.Response:
        """The answer to a request. Raises Divergence if it is not as documented.

        `expect`: the one status that will do. `host`: ask a mock by this Host in place of the
        vendor's base URL. The rest is what `requests` takes.
        """
        url = (self.target.root if host else self.target.url) + path
        if host:
            options["headers"] = {**options.get("headers", {}), "Host": host}
        answer = _send(method, url, options)
        exact = self.target.control.present
        found = judge(self.contract, answer, path, expect=expect, exact=exact)
        self.tell(f"{method} {path.partition('?')[0]} answered {answer.status_code}", found)
        return answer

    def play(self, action: str, **arguments: str) -> dict[str, Any]:
        """What happens at the vendor outside its API hands out, judged as an answer is."""
        handed_out = self.target.control.play(self.target.vendor, action, **arguments)
        documented = self.contract.root.step(f"x-{action}", "answer")
        self.tell(f"{action} was played", judge_body(handed_out, documented, exact=True))
        return handed_out

    def tell(self, exchange: str, found: list[Difference]) -> None:
        """Raise Divergence for what breaks a client or looks different; keep what is new."""
        wrong = [difference for difference in found if difference.grade != "additive"]
        if wrong:
            raise Divergence(exchange, found)
        self.additions += found


def success(answer: requests.Response) -> Any:
    """The JSON body of a success. Raises requests.HTTPError for a refusal."""
    answer.raise_for_status()
    return answer.json()


def refused(answer: requests.Response) -> bool:
    """Whether the answer is some 4xx. Which one it is, most pages do not say."""
    return 400 <= answer.status_code < 500


def _send(method: str, url: str, options: dict[str, Any]) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no .netrc may change what is sent
        return session.request(method, url, timeout=_TIMEOUT, allow_redirects=False, **options)
