"""The declaration of a vendor: hosts, endpoints, accounts, shape of errors."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from mockserver.model.accounts import Account
from mockserver.model.clock import Moment
from mockserver.model.errors import Refusal
from mockserver.model.http import Request, Response
from mockserver.model.tokens import Claims
from mockserver.model.vendor_state import VendorState

S = TypeVar("S")
C = TypeVar("C")


class LiveService(NamedTuple):
    """The real services of a vendor, which `verify` compares with its contract.

    `sandbox` and `production` are base URLs, "" if there is none. `url_variable` is the
    environment variable with the sandbox's base URL, if each customer has another one.
    `credentials` has the vendor's name of each credential and its environment variable.
    """

    sandbox: str = ""
    production: str = ""
    url_variable: str = ""
    credentials: Mapping[str, str] = MappingProxyType({})


NOWHERE = LiveService()
"""The value for a vendor without a service that can be checked."""


class Call(NamedTuple, Generic[S]):
    """One request to one endpoint, and everything that the endpoint may use for its response.

    `parameters` has the values of the `<names>` in the endpoint's path. `now` is the moment of
    the request: the clock is read once for one response.
    """

    request: Request
    parameters: Mapping[str, str]
    state: VendorState[S]
    now: Moment


class Endpoint(NamedTuple, Generic[C]):
    """A method, the paths at which it answers, and the function from a call to a response.

    A path may have parameters, `/wallets/<currency>`, each of one segment. The name of the
    handler is the name of the endpoint. If `is_page` is True, the endpoint is a page for browsers
    and not part of the API, so that the journal does not contain its requests.
    """

    method: str
    paths: tuple[str, ...]
    handler: Callable[[C], Response]
    ignore_case: bool = False
    is_page: bool = False

    @property
    def name(self) -> str:
        """The name of the handler."""
        return self.handler.__name__


def get(path: str, handler: Callable[[C], Response]) -> Endpoint[C]:
    """Return an endpoint for GET, which also answers HEAD."""
    return Endpoint("GET", (path,), handler)


def page(method: str, paths: tuple[str, ...], handler: Callable[[C], Response]) -> Endpoint[C]:
    """Return an endpoint for a page in a browser."""
    return Endpoint(method, paths, handler, is_page=True)


def post(path: str, handler: Callable[[C], Response]) -> Endpoint[C]:
    """Return an endpoint for POST."""
    return Endpoint("POST", (path,), handler)


class Cors(NamedTuple):
    """The request headers and methods that a page of another origin may send (Fetch, CORS).

    Without `request_headers` it may send those that its preflight request names.
    """

    request_headers: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET", "POST", "OPTIONS")


class TokenUsage(NamedTuple):
    """The endpoints, fields and headers with which clients obtain and send a vendor's tokens.

    The rules for token clients are based on it.

    Attributes:
        purchases: The names of the endpoints that issue a token.
        token: The names of the nested JSON fields that lead to the token in their responses.
        credential: Returns the credential that a purchase sends; None if it sends none.
        header: The request header that carries the token.
        scheme: The word before the token in that header, "" for none. A prefix that is part of
            the token does not count.
        single_use: True if the credential is a code for one token.
        code_life: The seconds for which such a code is valid.
        in_query: By endpoint, the query parameters in which the vendor itself takes a token.
        ends: The names of the endpoints that revoke the token with which they are called.
        wrong_unit: Returns what is wrong with the lifetime that a purchase requests: "" if it is
            right, None if the purchase requests none.
    """

    purchases: tuple[str, ...]
    token: tuple[str, ...]
    credential: Callable[[Request], str | None]
    header: str = "authorization"
    scheme: str = ""
    single_use: bool = False
    code_life: int = 0
    in_query: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    ends: tuple[str, ...] = ()
    wrong_unit: Callable[[Request], str | None] = lambda _request: None


class Action(NamedTuple, Generic[S]):
    """An event at the vendor outside its API, such as a login in a browser.

    `perform` takes named arguments, of which `arguments` has the names, and returns the response.
    """

    perform: Callable[[VendorState[S], Mapping[str, Any], Moment], Mapping[str, Any]]
    arguments: tuple[str, ...] = ()


def _verify(state: VendorState[Any], token: str, now: Moment) -> None:
    state.tokens.verify(token, now.unix)


def _accept(_account: Account) -> None:
    pass


def _keep_empty(_state: VendorState[Any], _now: Moment) -> None:
    pass


# Not a dataclass, whose creation takes ten times as long: it is part of every test's start.
class Vendor(NamedTuple, Generic[S]):
    """The declaration of one vendor; its folder has nothing else that the emulator needs.

    Attributes:
        name: The vendor's name, that of its folder or entry point.
        hosts: Its real hosts.
        endpoints: Its API.
        refuse: Turns a refusal into a response in the vendor's own shape.
        settings: A NamedTuple class with the vendor's settings and their defaults.
        accounts: The built-in accounts.
        contract: The path of the OpenAPI 3.1 document.
        curl: Arguments of a curl command that obtains a token, with `{base_url}` and `{admin_url}`
            for the addresses; `{admin_header}` before the latter is the option that sends the
            admin token, or nothing.
        claims: Returns the claims of a new token of an account. The last argument is its life
            in seconds, None for the vendor's default.
        new_account: Generates credentials of the real shape.
        magic_account: Returns the magic account for an outcome.
        logins: The groups of fields by which an account is found; no two accounts may share one.
        check_account: Raises Refusal for credentials with which no client could log in.
        token_header: The names in the JWT header, in order.
        token_prefix: The text before the JWT, part of the token.
        secret_fields: The names under which the vendor sends or receives a secret in a header, a
            query or a body, in any case; their values are redacted.
        judge: Raises TokenRejected for a token that the vendor would not accept.
        optional_slash: True if every path is valid with and without a slash at its end.
        cors: What pages of other origins may do; None if the vendor answers no preflight request.
        pages: The pages of the vendor for browsers.
        actions: The events outside the API, by name.
        begin: Fills a new state.
        live: Its real services.
        usage: How clients use its tokens; None if the rules do not apply to them.
    """

    name: str
    hosts: tuple[str, ...]
    endpoints: tuple[Endpoint[Call[S]], ...]
    refuse: Callable[[Refusal, Request], Response]
    settings: type[S]
    accounts: tuple[Account, ...]
    contract: Path
    curl: str
    claims: Callable[[Account, S, Moment, int | None], Claims]
    new_account: Callable[[], Account]
    magic_account: Callable[[str], Account] | None = None
    logins: tuple[tuple[str, ...], ...] = ()
    check_account: Callable[[Account], None] = _accept
    token_header: tuple[str, ...] = ("typ", "alg")
    token_prefix: str = ""
    secret_fields: tuple[str, ...] = ()
    judge: Callable[[VendorState[S], str, Moment], None] = _verify
    optional_slash: bool = False
    cors: Cors | None = None
    pages: tuple[Endpoint[Call[S]], ...] = ()
    actions: Mapping[str, Action[S]] = MappingProxyType({})
    begin: Callable[[VendorState[S], Moment], None] = _keep_empty
    live: LiveService = NOWHERE
    usage: TokenUsage | None = None

    # Two vendors are never equal, and fields such as `settings` have no hash.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)


def contract_of(vendor: Vendor[Any]) -> dict[str, Any]:
    """Return a vendor's OpenAPI document as plain values. It is cached: do not change it."""
    return _load(vendor.contract)


@cache
def _load(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - a mock in a test process never reads a contract

    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document
