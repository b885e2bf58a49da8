"""The client of a check: it compares every answer with the contract before the check sees it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

import jwt
import requests

from mockserver.verification.answer_check import (
    answer_differences,
    body_differences,
    documented_answers,
    media_type,
    success_evidence,
)
from mockserver.verification.contract_tree import (
    ContractTree,
    Deviation,
    Difference,
    NoSuccess,
    NotAccepted,
    WrongStatus,
    contract_for,
    json_type,
    merged,
)
from mockserver.verification.results import ObservedAnswer, RunResults
from mockserver.verification.service_under_test import ServiceUnderTest
from mockserver.verification.statements import UNDOCUMENTED, Evidence, Reason, not_checked, rank

_JWT_PARTS = 3

T = TypeVar("T")


class CheckClient:
    """A client of one vendor for one check.

    Attributes:
        service: The service that is asked.
        account: The credentials, by the vendor's names.
        contract: The contract of the vendor.
        deviations: The differences between the answers so far and the contract.
    """

    def __init__(self, service: ServiceUnderTest, results: RunResults) -> None:
        self.service = service
        self._results = results
        self.account: Mapping[str, Any] = service.account
        self.contract: ContractTree = contract_for(service.vendor)
        self.deviations: list[Deviation] = []
        self._exchanges: list[str] = []
        self._secrets = results.secrets
        self._secrets.learn(dict(service.account))

    @property
    def exchange(self) -> str:
        """Return the last request and its status, such as "GET /path answered 200"."""
        return self._exchanges[-1] if self._exchanges else ""

    def with_account(self, account: Mapping[str, Any]) -> "CheckClient":
        """Return the same client with other credentials."""
        other = copy(self)
        other.account = account
        self._secrets.learn(account)
        return other

    def of(self, service: ServiceUnderTest) -> "CheckClient":
        """Return a client of another vendor for the same check."""
        return CheckClient(service, self._results)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return the result of `make`, which is called once in a run at a foreign service.

        The deviations of its answers count for every check that uses the result.
        """
        if not self.service.foreign:
            return make()
        kept = self.service.kept
        if name not in kept:
            before = len(self.deviations)
            value = make()
            kept[name] = value, self.deviations[before:]
        else:
            self.deviations += kept[name][1]
        found: T = kept[name][0]
        return found

    def get(self, path: str, **options: Any) -> requests.Response:
        """Send a GET request; the options are those of `send`."""
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """Send a POST request; the options are those of `send`."""
        return self.send("POST", path, **options)

    def send(
        self, method: str, path: str, *, expect: int | None = None, host: str = "", **options: Any
    ) -> requests.Response:
        """Send a request, and compare the answer with the contract.

        Args:
            method: The HTTP method.
            path: The path at the vendor, with a query if there is one.
            expect: The only status that agrees with the statement of the check.
            host: The Host header for a mock, which is then asked at its root; "" to send the
                request to the vendor's base URL.
            options: Further arguments of `requests.request`.

        Raises:
            WrongStatus: If the status is not `expect`.
        """
        url = (self.service.by_host(host) if host else self.service.url) + path
        if host:
            options["headers"] = {**options.get("headers", {}), "Host": host}
        answer = self.service.http.send(method, url, **options)
        if self._secrets.learn_from(answer) and answer.ok:
            self._results.accepted.add(self.service.vendor)
        asked = f"{method} {self.contract.template(path.partition('?')[0])}"
        if self.service.foreign:
            self._results.add_answer(observed(self.service.vendor, asked, answer))
        self._exchanges.append(f"{asked} answered {answer.status_code}")
        if expect is not None and answer.status_code != expect:
            raise self._wrong_status(answer, path, expect)
        exact = self.service.control.present
        self._add(answer_differences(self.contract, answer, path, exact=exact))
        return answer

    def act(self, action: str, **arguments: str) -> dict[str, Any]:
        """Perform an action of the vendor that is not an endpoint, and compare its result."""
        result = self.service.control.act(self.service.vendor, action, **arguments)
        self._secrets.learn(result)
        documented = self.contract.root.step(f"x-{action}", "answer")
        self._exchanges.append(f"{action} was performed")
        self._add(body_differences(result, documented, exact=True))
        return result

    def add_refusal(self, answer: requests.Response, stated: Evidence) -> None:
        """Record as a deviation that `answer` is not the documented success.

        Args:
            answer: The answer, a refusal.
            stated: The evidence of the check that sent the request. A page that documents the
                success does not say that it comes for an unusual request.
        """
        path = str(answer.request.path_url)
        documented = success_evidence(self.contract, answer, self.service.vendor_path(path))
        evidence = max(documented, stated, key=lambda each: rank(each.tag))
        came = str(answer.status_code)
        difference = Difference("breaking", "status", "a success is documented", came, evidence)
        asked = self.contract.template(self.service.vendor_path(path).partition("?")[0])
        exchange = f"{answer.request.method} {asked} answered {came}"
        refusal = answer.status_code == HTTPStatus.UNAUTHORIZED
        self.deviations.append(Deviation(exchange, difference, refusal=refusal))

    def _wrong_status(self, answer: requests.Response, path: str, expect: int) -> WrongStatus:
        documented = documented_answers(self.contract, answer, path)
        evidence = documented[expect].evidence if expect in documented else UNDOCUMENTED
        came = answer.status_code
        difference = Difference("breaking", "status", f"it is {expect}", str(came), evidence)
        refusal = expect < 300 and came == HTTPStatus.UNAUTHORIZED
        return WrongStatus(self.exchange, difference, refusal=refusal)

    def _add(self, differences: Iterable[Difference]) -> None:
        self.deviations += [Deviation(self.exchange, each) for each in merged(differences)]


def observed(vendor: str, asked: str, answer: requests.Response) -> ObservedAnswer:
    """Return an answer as a shape, which contains no secrets and may be recorded."""
    try:
        found = shape(answer.json())
    except (ValueError, RecursionError):
        found = {"body": "no JSON" if answer.content else "none"}
    return ObservedAnswer(vendor, asked, answer.status_code, media_type(answer), (*found.items(),))


def success(answer: requests.Response) -> Any:
    """Return the JSON body of a success.

    Raises:
        NoSuccess: If it is a refusal; the statement of the check is then not judged.
    """
    if not answer.ok:
        raise NoSuccess(answer)
    return answer.json()


def accepted(answer: requests.Response) -> requests.Response:
    """Return a success; for checks that state that the service accepts the request.

    Raises:
        NotAccepted: If it is a refusal; the statement of the check is then wrong.
    """
    if not answer.ok:
        raise NotAccepted(answer)
    return answer


def refused(answer: requests.Response) -> bool:
    """Return True for any 4xx, because most pages do not name the status."""
    return 400 <= answer.status_code < 500


def in_order(names: Iterable[str], says: Sequence[str]) -> bool:
    """Return True if all documented names came, in their order; other names do not count."""
    return [name for name in names if name in says] == [*says]


def ordered(names: Iterable[str], says: Sequence[str]) -> bool:
    """Return True if the documented names that came are in their order; some may be absent."""
    came = [name for name in names if name in says]
    return came == sorted(came, key=says.index)


def sent_at(answer: requests.Response) -> int:
    """Return the time in the Date header of an answer as Unix seconds."""
    date = answer.headers.get("Date")
    if date is None:
        not_checked(Reason.CANNOT_BE_CHECKED, "its answers have no Date")
    return int(parsedate_to_datetime(date).timestamp())


def shape(value: Any, where: str = "body") -> dict[str, str]:
    """Return the types in a value by path, such as `body.data[].currency`."""
    found: dict[str, str] = {}
    for path, kind in _paths(value, where):
        kinds = found.get(path, "").split(" or ") if path in found else []
        found[path] = " or ".join(dict.fromkeys([*kinds, kind]))
    return found


def _paths(value: Any, where: str) -> Iterator[tuple[str, str]]:
    yield where, json_type(value)
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _paths(item, f"{where}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, f"{where}[]")
    else:
        yield from _token(value, where)


def _token(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield prefix, algorithm, claims and lifetime of a text that is a token."""
    if not isinstance(value, str) or value.count(".") != _JWT_PARTS - 1:
        return
    prefix, space, bare = value.rpartition(" ")
    try:
        parts = jwt.PyJWT().decode_complete(bare, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return
    claims = parts["payload"]
    if space:
        yield f"{where} (prefix)", f"{len(prefix)} characters and a space"
    yield f"{where} (algorithm)", str(parts["header"].get("alg"))
    for name, item in claims.items():
        yield from _paths(item, f"{where} (claim).{name}")
    if all(isinstance(claims.get(name), int) for name in ("iat", "exp")):
        yield f"{where} (life)", f"{claims['exp'] - claims['iat']} s"
