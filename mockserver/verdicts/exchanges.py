"""The requests of a journal as the rules see them: who bought which token, and who used it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote

from mockserver.emulator.journal import Entry
from mockserver.emulator.state import State
from mockserver.model.http import Fault, Headers, Request
from mockserver.model.token_registry import IssuedToken, token_id
from mockserver.model.vendor import TokenUsage, Vendor

_JWT = re.compile(r"(?a)eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*")
_SECOND = 1_000_000
_SHORTEST = 6  # characters of a token that is searched for: "a" would be found everywhere
_LONGEST_WORD = 200  # characters of a word that may be a token and is no JWT


class Token(NamedTuple):
    """A token that was bought in the journal; `expires` and `issued` are Unix seconds."""

    id: str
    vendor: str
    account: str
    issued: int
    expires: int | None

    @property
    def life(self) -> int | None:
        """The seconds for which it was valid when it was bought; None for a permanent token."""
        return None if self.expires is None else self.expires - self.issued


class SentToken(NamedTuple):
    """A token in a request.

    `place` is the name of a header in lower case, "url" or "body". `before` is what stands in
    front of the token, `after` what follows it. `owner` is the vendor that issued the token, ""
    if that is not known.
    """

    id: str
    place: str
    before: str
    after: str
    owner: str


@dataclass(eq=False)
class Exchange:
    """One request and its response.

    Attributes:
        entry: The entry of the journal.
        vendor: The vendor that it reached; None for none.
        buys: True for a purchase of a token.
        account: The account behind the token or the credential, as a word for comparisons.
        credential: The digest of what a purchase is paid with, or "".
        sent: The tokens in the request.
        bought: The token that the client received.
        used: The id of the token that it was sent with; "" for none and for a purchase.
    """

    entry: Entry
    vendor: Vendor[Any] | None
    buys: bool = False
    account: str = ""
    credential: str = ""
    sent: tuple[SentToken, ...] = ()
    bought: Token | None = None
    used: str = ""

    @property
    def request(self) -> Request:
        """The request as it was sent."""
        return self.entry.routed.request

    @property
    def usage(self) -> TokenUsage | None:
        """How the vendor's tokens are used."""
        return self.vendor.usage if self.vendor else None

    @property
    def at(self) -> float:
        """The moment by the clock of the mock, in Unix seconds."""
        return self.entry.microseconds / _SECOND

    @property
    def real(self) -> float:
        """The moment of the answer, in real seconds."""
        return self.entry.facts.started

    @property
    def client(self) -> int:
        """The number of the connection, task or thread that sent the request."""
        return self.entry.facts.client

    @cached_property
    def status(self) -> int:
        """The status that the client saw; 0 if the connection broke before it saw one."""
        response = self.entry.response
        is_broken = response.fault not in (None, Fault.MALFORMED_RESPONSE_CHUNK)
        return 0 if is_broken else response.status

    @property
    def ok(self) -> bool:
        """True for a success."""
        return 200 <= self.status < 300

    @property
    def may_pass(self) -> bool:
        """True for an error that may pass by itself: 429, 5xx, a lost reply."""
        return self.status in (0, 429) or self.status >= 500

    @cached_property
    def is_odd(self) -> bool:
        """True for an error whose body is not the JSON object that a client expects."""
        if self.request.method == "HEAD" or self.status < 400:
            return False
        if self.entry.response.fault is not None:
            return True
        return not isinstance(_json(self.entry.response.body), dict)

    @cached_property
    def is_well_formed(self) -> bool:
        """True if a token stands in the vendor's header, after its scheme, and nothing else."""
        return any(self._is_as_declared(token) for token in self.sent)

    def _is_as_declared(self, token: SentToken) -> bool:
        usage, vendor = self.usage, self.vendor
        if usage is None or vendor is None or token.place != usage.header or token.after:
            return False
        if token.owner not in ("", vendor.name):
            return False
        if vendor.token_prefix:
            return token.before == vendor.token_prefix
        # A scheme is compared without regard to case (RFC 9110, 11.1).
        return token.before.strip().lower() == usage.scheme.lower()

    @cached_property
    def headers(self) -> Headers:
        """The headers of the response."""
        return Headers(self.entry.response.headers)

    @cached_property
    def likeness(self) -> tuple[object, ...]:
        """Equal for a request and its repetition; tells nothing of a client's own counters."""
        request = self.request
        what = self.credential if self.buys else tuple(token.id for token in self.sent)
        return request.method, self.entry.routed.path, request.query, what


@dataclass
class History:
    """The exchanges of a journal, the oldest first, and what is known of the tokens in them.

    Attributes:
        exchanges: All of them.
        bought: By id, the tokens that were bought.
        codes: By id, the single-use codes that were issued.
        revoked: The ids of tokens that are revoked by now.
    """

    exchanges: list[Exchange]
    bought: Mapping[str, Token]
    codes: Mapping[str, IssuedToken]
    revoked: frozenset[str]
    secrets: frozenset[str] = field(repr=False)

    @cached_property
    def accounts(self) -> Mapping[str, list[Exchange]]:
        """By account, the purchases and uses of its tokens, where a token can be bought again."""
        found: dict[str, list[Exchange]] = {}
        for each in self.exchanges:
            if each.account and each.usage and not each.usage.single_use:
                found.setdefault(each.account, []).append(each)
        return found

    def same_caller(self, one: Exchange, other: Exchange) -> bool:
        """Return True if one thread or task sent both requests, as far as can be told.

        In the process its number says so. Over connections it is true for a client that never
        goes back to an older connection: pools of simultaneous callers do.
        """
        if one.request.way == other.request.way == "process":
            return one.client == other.client
        return self._is_sequential

    @cached_property
    def _is_sequential(self) -> bool:
        seen: set[int] = set()
        last = None
        for each in self.exchanges:
            if each.client != last and each.client in seen:
                return False
            last = each.client
            seen.add(last)
        return True

    @cached_property
    def purchases(self) -> list[Exchange]:
        """Every purchase, also one that failed."""
        return [each for each in self.exchanges if each.buys]

    @cached_property
    def uses(self) -> list[Exchange]:
        """Every request with a token that is no purchase."""
        return [each for each in self.exchanges if each.used]


def history_of(state: State, entries: Iterable[Entry] | None = None) -> History:
    """Return the history of a state's journal.

    Args:
        state: The state.
        entries: The entries to judge, the oldest first; None for all.
    """
    return _Reader(state).read(state.journal.all() if entries is None else entries)


class _Reader:
    """Reads a journal. Texts of tokens and secrets live no longer than this object."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._vendors = {vendor.name: vendor for vendor in state.vendors}
        self._issued: dict[str, IssuedToken | None] = {}
        self._plain: set[str] = set()  # texts of tokens and codes that are no JWT
        self._bought: dict[str, Token] = {}
        self._codes: dict[str, IssuedToken] = {}
        self._accounts: dict[str, str] = {}  # by digest of a credential

    def read(self, entries: Iterable[Entry]) -> History:
        """Return the history of some entries."""
        vendors = self._vendors
        exchanges = [Exchange(each, vendors.get(each.routed.vendor or "")) for each in entries]
        for each in exchanges:
            self._read_purchase(each)
        for each in exchanges:
            if each.buys:
                each.account = self._accounts.get(each.credential, each.credential)
            self._read_tokens(each)
        known = {token for each in exchanges for token in (sent.id for sent in each.sent)}
        revoked = {one for one in {*known, *self._bought} if self._state.registry.is_revoked(one)}
        return History(
            exchanges, self._bought, self._codes, frozenset(revoked), frozenset(self._secrets())
        )

    def _read_purchase(self, each: Exchange) -> None:
        usage, routed = each.usage, each.entry.routed
        if usage is None or each.vendor is None or routed.endpoint not in usage.purchases:
            return
        paid = usage.credential(routed.request)
        each.buys = True
        if paid is None:
            return
        each.credential = token_id(f"{each.vendor.name} {paid}")
        if usage.single_use:
            self._read_code(each, paid)
        text = _value_at(_json(each.entry.response.body), usage.token) if each.ok else None
        if isinstance(text, str) and each.entry.response.fault is None:
            self._read_bought(each, each.vendor, text)

    def _read_code(self, each: Exchange, code: str) -> None:
        self._remember_plain(code)
        issued = self._registered(token_id(code))
        if issued is not None:
            self._codes[issued.id] = issued
            self._accounts[each.credential] = f"{issued.vendor} code {issued.id}"

    def _read_bought(self, each: Exchange, vendor: Vendor[Any], text: str) -> None:
        id_, now = token_id(text), int(each.at)
        issued = self._registered(id_)
        usage = vendor.usage
        if usage is not None and not usage.single_use:
            account = issued.account if issued else ""
            known = f"{vendor.name} {account}" if account else each.credential
            self._accounts.setdefault(each.credential, known)
        claims = _claims(text)
        expires = issued.expires if issued else claims.get("exp")
        account = self._accounts.get(each.credential, each.credential)
        token = Token(id_, vendor.name, account, now, expires)
        each.bought = token
        self._bought.setdefault(id_, token)
        self._remember_plain(text)

    def _remember_plain(self, text: str) -> None:
        if len(text) >= _SHORTEST and not _JWT.search(text):
            self._plain.add(text)

    def _read_tokens(self, each: Exchange) -> None:
        found = list(self._sent(each))
        each.sent = tuple(found)
        if each.buys or not found:
            return
        headers = [token for token in found if token.place not in ("url", "body")]
        exempt = each.usage is not None and each.entry.routed.endpoint in each.usage.in_query
        main = headers[0] if headers else None if exempt else found[0]
        if main is None:
            return
        each.used = main.id
        token = self._bought.get(main.id)
        issued = self._registered(main.id)
        if token is not None:
            each.account = token.account
        elif issued is not None:
            each.account = f"{issued.vendor} {issued.account}"

    def _sent(self, each: Exchange) -> Iterator[SentToken]:
        request = each.request
        names = []
        for name, value in request.headers.pairs:
            if not name.lower().startswith("cookie"):
                for token in self._tokens_in(value, name.lower(), each):
                    names.append(name)
                    yield token
        yield from self._tokens_in(_readable(request), "url", each)
        if not each.buys and not names:
            body = request.body.decode("latin-1")
            yield from self._tokens_in(body, "body", each)

    def _tokens_in(self, text: str, place: str, each: Exchange) -> Iterator[SentToken]:
        spans = [match.span() for match in _JWT.finditer(text)] or self._plain_in(text)
        end = 0
        for start, stop in spans:
            before = text[end:start]
            yield self._identified(text[start:stop], place, before, text[stop:], each)
            end = stop

    def _plain_in(self, text: str) -> list[tuple[int, int]]:
        """Return where a text has a token or code that is no JWT."""
        last = text[text.rfind(" ") + 1 :]
        if last and len(last) < _LONGEST_WORD and self._registered(token_id(last)):
            self._plain.add(last)
        found = [(text.find(each), len(each)) for each in self._plain]
        return [(at, at + length) for at, length in found if at >= 0][:1]

    def _identified(
        self, text: str, place: str, before: str, after: str, each: Exchange
    ) -> SentToken:
        """Return a sent token under the id that it has at the vendor that issued it."""
        prefixes = [vendor.token_prefix for vendor in self._vendors.values()]
        for prefix in dict.fromkeys(["", *prefixes]):
            id_ = token_id(prefix + text)
            issued = self._bought.get(id_) or self._registered(id_)
            if issued is not None:
                return SentToken(id_, place, before, after, issued.vendor)
        own = each.vendor.token_prefix if each.vendor else ""
        return SentToken(token_id(own + text), place, before, after, "")

    def _registered(self, id_: str) -> IssuedToken | None:
        if id_ not in self._issued:
            self._issued[id_] = self._state.registry.get(id_)
            issued = self._issued[id_]
            if issued is not None and issued.once:
                self._codes[id_] = issued
        return self._issued[id_]

    def _secrets(self) -> Iterator[str]:
        for vendor_state in self._state.vendor_states.values():
            for account in vendor_state.accounts.all():
                yield from vendor_state.accounts.secrets_of(account)


def _readable(request: Request) -> str:
    return unquote(request.target or f"{request.path}?{request.query}")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _value_at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _claims(token: str) -> dict[str, Any]:
    """Return the claims of a JWT without a check; {} for another text."""
    import jwt  # noqa: PLC0415 - only for tokens that a stub made

    match = _JWT.search(token)
    try:
        claims: dict[str, Any] = jwt.decode(
            match[0] if match else "", options={"verify_signature": False}
        )
    except jwt.PyJWTError:
        return {}
    return claims
