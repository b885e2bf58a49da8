"""The part of a state that belongs to one vendor: its tokens, codes, accounts and settings."""

from collections.abc import Callable
from secrets import token_hex
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from mockserver.model.accounts import OUTCOME, Account, Accounts
from mockserver.model.clock import Moment
from mockserver.model.defects import make_defective
from mockserver.model.state_store import Collection, Record
from mockserver.model.token_registry import IssuedToken, TokenRegistry, token_id
from mockserver.model.tokens import Claims, Tokens

if TYPE_CHECKING:
    from mockserver.model.vendor import Vendor

S = TypeVar("S")


class VendorState(NamedTuple, Generic[S]):
    """The part of a state that belongs to one vendor.

    `collection(name)` returns a collection for the records of the vendor's endpoints.
    `secret(text)` returns `text` and marks it as a secret, which is then never shown.
    """

    vendor: "Vendor[S]"
    settings: S
    tokens: Tokens
    accounts: Accounts
    registry: TokenRegistry
    collection: Callable[[str], Collection[Record]]
    secret: Callable[[str], str]

    def issue(
        self,
        account: Account,
        claims: Claims,
        now: Moment,
        *,
        movable: tuple[str, ...] = ("iat", "exp"),
    ) -> str:
        """Return a new token with `claims` and add it to the registry.

        A token that was revoked is never issued again: the claims move back by as many seconds
        as needed. A magic account gets a defective token, which is not registered.

        Args:
            account: The account that obtains the token.
            claims: The claims in the vendor's order.
            now: The time of the request.
            movable: The claims, in Unix seconds, that may move back.
        """
        if OUTCOME in account:
            return make_defective(self.tokens, claims, account[OUTCOME], now.unix)
        token = self.tokens.issue(claims)
        while not self._register(token, account, "access token", now, claims):
            claims = _earlier(claims, movable)
            token = self.tokens.issue(claims)
        return token

    def register_code(self, code: str, account: Account, kind: str, now: Moment, life: int) -> None:
        """Add a single-use code to the registry.

        Args:
            code: The text that was issued.
            account: The account that it belongs to.
            kind: The word under which it is listed.
            now: The time of issue.
            life: The seconds for which it is valid.
        """
        times = {"iat": now.unix, "exp": now.unix + life}
        self._register(code, account, kind, now, times, once=True)

    def _register(  # noqa: PLR0913 - the fields of an entry
        self,
        text: str,
        account: Account,
        kind: str,
        now: Moment,
        claims: Claims,
        *,
        once: bool = False,
    ) -> bool:
        """Add an entry; return False if this text was revoked."""
        begins, not_before = claims.get("iat"), claims.get("nbf")
        if not_before is not None and (begins is None or begins < not_before):
            begins = not_before
        fields = (
            token_id(text),
            self.vendor.name,
            kind,
            self.accounts.name_of(account),
            now.unix,
            claims.get("exp"),
            once,
            False,
            False,
            begins,
            now.microseconds % 1_000_000 if once else 0,
        )
        issued = tuple.__new__(IssuedToken, fields)  # see `new_response`
        return self.registry.add(issued)

    def revoke(self, token: str) -> None:
        """Refuse a token forever."""
        self.registry.revoke(token_id(token))

    def use_up(self, token: str) -> bool:
        """Mark a code as used; return True for exactly one of several simultaneous callers."""
        return self.registry.use_up(token_id(token))

    def is_used(self, token: str) -> bool:
        """Return True if a code was used."""
        return self.registry.is_used(token_id(token))


def _earlier(claims: Claims, movable: tuple[str, ...]) -> Claims:
    """Return claims that differ: the movable ones are a second earlier, or there is a new `jti`."""
    moved = {name: claims[name] - 1 for name in movable if name in claims}
    return {**claims, **(moved or {"jti": token_hex(8)})}
