"""A vendor: its hosts, its endpoints, its way of refusing, its accounts. Data, not behaviour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from mockserver.model.accounts import OUTCOME, Account, Accounts, account_name
from mockserver.model.clock import Clock
from mockserver.model.errors import Refusal
from mockserver.model.http import Request, Response
from mockserver.model.live_service import NOWHERE, LiveService
from mockserver.model.state_store import Collection, Record
from mockserver.model.token_id import token_id
from mockserver.model.token_registry import IssuedToken, TokenRegistry
from mockserver.model.tokens import Claims, Tokens

S = TypeVar("S")
C = TypeVar("C")


class VendorState(NamedTuple, Generic[S]):
    """What the vendor of this name has in one state.

    `shelf(name)`: a place for what its endpoints keep. `secret(text)`: marks a text that is
    issued as one never to be shown, and returns it. `make_defective(claims, defect)`: a
    token that is refused for this reason.
    """

    vendor: str
    settings: S
    clock: Clock
    tokens: Tokens
    accounts: Accounts
    registry: TokenRegistry
    shelf: Callable[[str], Collection[Record]]
    secret: Callable[[str], str]
    make_defective: Callable[[Claims, str], str]

    def issue(self, account: Account, claims: Claims, kind: str = "access token") -> str:
        """A token with `claims`, noted in the registry as one of `account`.

        A magic account buys one with a defect, which is not noted.
        """
        if OUTCOME in account:
            return self.make_defective(claims, account[OUTCOME])
        token = self.tokens.issue(claims)
        self.note(token, account, kind, claims.get("exp"))
        return token

    def note(
        self, token: str, account: Account, kind: str, expires: int | None, *, once: bool = False
    ) -> None:
        """Note what was issued. `expires`: Unix seconds, None for never; `once`: good once."""
        issued = IssuedToken(
            token_id(token),
            self.vendor,
            kind,
            account_name(account),
            self.clock.unix(),
            expires,
            once,
        )
        self.registry.note(issued)

    def revoke(self, token: str) -> None:
        """Refuse a token from now on."""
        self.registry.revoke(token_id(token))

    def use_up(self, token: str) -> bool:
        """Whether this call, and no other, used up what was noted as good once."""
        return self.registry.use_up(token_id(token))

    def is_used(self, token: str) -> bool:
        """Whether what is good once was used."""
        return self.registry.is_used(token_id(token))


class Call(NamedTuple, Generic[S]):
    """One request to one endpoint. `parameters`: what stands in the `<places>` of its path."""

    request: Request
    parameters: Mapping[str, str]
    state: VendorState[S]


class Endpoint(NamedTuple, Generic[C]):
    """A method, the paths at which it answers, and the plain function from a call to an answer.

    A path may hold places, `/wallets/<currency>`, each of one segment.
    """

    method: str
    paths: tuple[str, ...]
    handler: Callable[[C], Response]
    ignore_case: bool = False

    @property
    def name(self) -> str:
        """The handler's name is the endpoint's."""
        return self.handler.__name__


def get(path: str, handler: Callable[[C], Response]) -> Endpoint[C]:
    """An endpoint for GET (and so for HEAD)."""
    return Endpoint("GET", (path,), handler)


def post(path: str, handler: Callable[[C], Response]) -> Endpoint[C]:
    """An endpoint for POST."""
    return Endpoint("POST", (path,), handler)


class Cors(NamedTuple):
    """What pages of other origins may send: named request headers, by these methods."""

    request_headers: tuple[str, ...]
    methods: tuple[str, ...]


class Action(NamedTuple, Generic[S]):
    """Something that happens at the vendor outside its API: named arguments in, an answer out."""

    play: Callable[[VendorState[S], Mapping[str, Any]], Mapping[str, Any]]
    arguments: tuple[str, ...] = ()


def _verify(state: VendorState[Any], token: str) -> None:
    state.tokens.verify(token)


def _nothing(_of: object) -> None:
    pass


@dataclass(frozen=True, kw_only=True, eq=False)  # each is the one that it is
class Vendor(Generic[S]):
    """All that is declared of one vendor.

    `refuse` puts a refusal into the vendor's own shape. `token_header`: the JWT header's names
    in order; `token_prefix`: what stands before the JWT, part of the token. `secret_fields`: the
    names under which the vendor sends or receives a secret, in a header, a query or a body, in
    any case; the redactor hides their values. `claims`: of a new token of an account
    that lives so many seconds, None for as long as the vendor says. `new_account` makes up
    credentials of the real shape; `magic_account` those of an outcome, told by its name.
    `logins`: the groups of fields by which an account is found, none of which two may share.
    `check_account` refuses credentials with which no client could ever log in. `judge` raises
    TokenRejected for what is no good token.
    `optional_slash`: a path is good with and without a slash at its end.
    `actions`: what a test can play at the vendor, by name. `begin` is called with each fresh
    state. `curl`: arguments of a curl command that buys a token, with `{base_url}` and
    `{admin_url}` in the place of the address; `{admin_header}` before the latter is the option
    that sends the admin token, or nothing. `live`: its real services.
    """

    name: str
    hosts: tuple[str, ...]
    endpoints: tuple[Endpoint[Call[S]], ...]
    refuse: Callable[[Refusal, Request], Response]
    settings: type[S]
    accounts: tuple[Account, ...]
    contract: Path
    curl: str
    claims: Callable[[VendorState[S], Account, int | None], Claims]
    new_account: Callable[[], Account]
    magic_account: Callable[[str], Account] | None = None
    logins: tuple[tuple[str, ...], ...] = ()
    check_account: Callable[[Account], None] = _nothing
    token_header: tuple[str, ...] = ("typ", "alg")
    token_prefix: str = ""
    secret_fields: tuple[str, ...] = ()
    judge: Callable[[VendorState[S], str], None] = _verify
    optional_slash: bool = False
    cors: Cors | None = None
    actions: Mapping[str, Action[S]] = field(default_factory=dict)
    begin: Callable[[VendorState[S]], None] = _nothing
    live: LiveService = NOWHERE
