"""Sends requests to one vendor; every answer is judged by the contract before a check sees it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import requests

from mockserver.verification.answer_check import judge, judge_body, media_type
from mockserver.verification.contract_tree import ContractTree, contract_for
from mockserver.verification.differences import Difference, Divergence
from mockserver.verification.guarded_client import not_checked
from mockserver.verification.recorded_shapes import shape
from mockserver.verification.results import ObservedAnswer, RunResults
from mockserver.verification.service_under_test import ServiceUnderTest

T = TypeVar("T")


class CheckClient:
    """A client of one vendor, for one check.

    `additions`: what came and no page knows. `doubts`: what is not as the contract says where no
    page says so, at a target that is not ours. `exchange`: what was asked last and answered, in
    short.
    """

    def __init__(self, target: ServiceUnderTest, findings: RunResults) -> None:
        self.target = target
        self._findings = findings
        self.account: Mapping[str, Any] = target.account
        self.contract: ContractTree = contract_for(target.vendor)
        self.additions: list[tuple[str, Difference]] = []
        self.doubts: list[tuple[str, Difference]] = []
        self._exchanges: list[str] = []
        self._secrets = findings.secrets
        self._secrets.learn(dict(target.account))

    @property
    def exchange(self) -> str:
        """Such as "GET /path answered 200"."""
        return self._exchanges[-1] if self._exchanges else ""

    def with_account(self, account: Mapping[str, Any]) -> "CheckClient":
        """The same client for someone else."""
        other = copy(self)
        other.account = account
        self._secrets.learn(account)
        return other

    def of(self, target: ServiceUnderTest) -> "CheckClient":
        """A client of another vendor, in the same check."""
        return CheckClient(target, self._findings)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives; at a target that is not ours it is made once in a run."""
        if not self.target.foreign:
            return make()
        kept = self.target.kept
        if name not in kept:
            kept[name] = make()
        found: T = kept[name]
        return found

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
        url = (self.target.by_host(host) if host else self.target.url) + path
        if host:
            options["headers"] = {**options.get("headers", {}), "Host": host}
        answer = self.target.line.send(method, url, **options)
        if self._secrets.learn_from(answer) and answer.ok:
            self._findings.accepted.add(self.target.vendor)
        exact = self.target.control.present
        found = judge(self.contract, answer, path, expect=expect, exact=exact)
        asked = f"{method} {self.contract.template(path.partition('?')[0])}"
        if self.target.foreign:
            self._findings.note(observed(self.target.vendor, asked, answer))
        self.tell(f"{asked} answered {answer.status_code}", found)
        return answer

    def play(self, action: str, **arguments: str) -> dict[str, Any]:
        """What happens at the vendor outside its API hands out, judged as an answer is."""
        handed_out = self.target.control.play(self.target.vendor, action, **arguments)
        self._secrets.learn(handed_out)
        documented = self.contract.root.step(f"x-{action}", "answer")
        self.tell(f"{action} was played", judge_body(handed_out, documented, exact=True))
        return handed_out

    def tell(self, exchange: str, found: list[Difference]) -> None:
        """Raise Divergence for what breaks a client or looks different; keep the rest."""
        self._exchanges.append(exchange)
        additions = [each for each in found if each.grade == "additive"]
        wrong = [each for each in found if each.grade != "additive"]
        doubts = [each for each in wrong if self.target.foreign and each.doubtful]
        self.additions += [(exchange, each) for each in additions]
        self.doubts += [(exchange, each) for each in doubts]
        if len(doubts) < len(wrong):
            raise Divergence(exchange, found)


def observed(vendor: str, asked: str, answer: requests.Response) -> ObservedAnswer:
    """An answer as it may be kept."""
    try:
        found = shape(answer.json())
    except (ValueError, RecursionError):
        found = {"body": "no JSON" if answer.content else "none"}
    return ObservedAnswer(
        vendor, asked, answer.status_code, media_type(answer), tuple(found.items())
    )


def success(answer: requests.Response) -> Any:
    """The JSON body of a success. Raises requests.HTTPError for a refusal."""
    answer.raise_for_status()
    return answer.json()


def in_order(names: Iterable[str], says: Sequence[str]) -> bool:
    """Whether all the names that are documented came, in their order. What is new is told once."""
    return [name for name in names if name in says] == [*says]


def moment(answer: requests.Response) -> int:
    """When an answer was sent, as it says itself: Unix seconds."""
    date = answer.headers.get("Date")
    if date is None:
        not_checked("cannot be checked", "its answers have no Date")
    return int(parsedate_to_datetime(date).timestamp())


def refused(answer: requests.Response) -> bool:
    """Whether the answer is some 4xx. Which one it is, most pages do not say."""
    return 400 <= answer.status_code < 500
