"""What the rules work on, purchases and uses of tokens, and what they return."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from mockserver.emulator.journal_entry import Entry
from mockserver.model.http import Headers, Request
from mockserver.model.token_registry import IssuedToken
from mockserver.model.vendor import TokenUsage, Vendor

UNKNOWN = 0
"""The number of a caller that is not known."""

Severity = Literal["error", "warning"]

_SECOND = 1_000_000


class Token(NamedTuple):
    """A token that was obtained in the journal; `expires` and `issued` are Unix seconds."""

    id: str
    vendor: str
    account: str
    issued: int
    expires: int | None

    @property
    def life(self) -> int | None:
        """The seconds for which it was valid when it was obtained; None for a permanent token."""
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
        is_purchase: True for a purchase of a token.
        account: A text that is equal for all tokens and credentials of one account.
        credential: The digest of the credential that a purchase is made with, or "".
        sent: The tokens in the request.
        obtained: The token that the client received.
        used: The id of the token that authorizes the request; "" for none and for a purchase.
    """

    entry: Entry
    vendor: Vendor[Any] | None
    is_purchase: bool = False
    account: str = ""
    credential: str = ""
    sent: tuple[SentToken, ...] = ()
    obtained: Token | None = None
    used: str = ""

    @property
    def request(self) -> Request:
        """The request as it was sent."""
        return self.entry.routed.request

    @property
    def usage(self) -> TokenUsage | None:
        """The vendor's `TokenUsage`; None if no vendor was meant or it declares none."""
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
        """The number of the connection, task or thread that sent the request, or `UNKNOWN`."""
        return self.entry.facts.client

    @cached_property
    def status(self) -> int:
        """The status that the client received; 0 if the connection broke before it."""
        return self.entry.status

    @property
    def ok(self) -> bool:
        """True for a success."""
        return 200 <= self.status < 300

    @property
    def may_pass(self) -> bool:
        """True for an error after which a repetition may succeed: 429, 5xx, a lost reply."""
        return self.status in (0, 429) or self.status >= 500

    @cached_property
    def has_odd_body(self) -> bool:
        """True for an error whose body is not the JSON object that a client expects."""
        if self.request.method == "HEAD" or self.status < 400:
            return False
        if self.entry.response.fault is not None:
            return True
        return not isinstance(json_of(self.entry.response.body), dict)

    @cached_property
    def is_well_formed(self) -> bool:
        """True if the vendor's header contains its scheme, a token, and nothing else."""
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
        """A key that is equal for a request and its repetition; most headers do not count."""
        request = self.request
        what = self.credential if self.is_purchase else tuple(token.id for token in self.sent)
        return request.method, self.entry.routed.path, request.query, what


@dataclass
class History:
    """The exchanges of a journal, the oldest first, and what is known of the tokens in them.

    Attributes:
        exchanges: All of them.
        obtained: By id, the tokens that were obtained.
        codes: By id, the single-use codes that were issued.
        revoked: The ids of tokens that are revoked by now.
        secrets: The secrets of all accounts.
        one_caller: True if the user states that one caller sent all requests, one after another.
    """

    exchanges: list[Exchange]
    obtained: Mapping[str, Token]
    codes: Mapping[str, IssuedToken]
    revoked: frozenset[str]
    secrets: frozenset[str] = field(repr=False)
    one_caller: bool = False

    @cached_property
    def accounts(self) -> Mapping[str, list[Exchange]]:
        """By account, the purchases and uses of its tokens, where a token can be obtained again."""
        found: dict[str, list[Exchange]] = {}
        for each in self.exchanges:
            if each.account and each.usage and not each.usage.single_use:
                found.setdefault(each.account, []).append(each)
        return found

    def is_one_caller(self, one: Exchange, other: Exchange) -> bool:
        """Return True if it is certain that one caller sent both requests.

        It is certain for requests of one thread or task in the process. It is never certain for
        requests on one connection, because the threads of a process share connections.
        """
        if self.one_caller:
            return True
        is_here = one.request.way == other.request.way == "process"
        return is_here and one.client == other.client != UNKNOWN

    def may_repeat(self, one: Exchange, other: Exchange) -> bool:
        """Return True if the later of two equal requests can only be a repetition of the earlier.

        For requests over the network, both must have come on one connection. In addition, no
        request in the journal may have come on a connection that was used before the last one:
        simultaneous callers alternate between connections.
        """
        if self.is_one_caller(one, other):
            return True
        is_here = "process" in (one.request.way, other.request.way)
        return not is_here and one.client == other.client != UNKNOWN and self._is_sequential

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
        return [each for each in self.exchanges if each.is_purchase]

    @cached_property
    def uses(self) -> list[Exchange]:
        """Every request with a token, except purchases."""
        return [each for each in self.exchanges if each.used]


class Violation(NamedTuple):
    """Two or three requests that break a rule, in order.

    Attributes:
        exchanges: The requests.
        expected: What the client should have done instead.
        severity: Replaces the severity of the rule; None to keep it.
    """

    exchanges: tuple[Exchange, ...]
    expected: str
    severity: Severity | None = None


class Outcome(NamedTuple):
    """The requests that keep a rule, and the violations."""

    kept: Sequence[Exchange] = ()
    broken: Sequence[Violation] = ()


class Rule(NamedTuple):
    """One rule for token clients.

    Attributes:
        id: Its name.
        severity: "error"; "warning" if a client that breaks the rule still works.
        text: What a client does, in one sentence.
        source: The RFC, vendor's page or guideline that requires it.
        judge: Returns the outcome on a history.
    """

    id: str
    severity: Severity
    text: str
    source: str
    judge: Callable[[History], Outcome]


def is_after_401(events: Sequence[Exchange], at: int) -> bool:
    """Return True if the exchange before the one at an index is a use answered with 401."""
    return at > 0 and bool(events[at - 1].used) and events[at - 1].status == 401


def elapsed(one: Exchange, later: Exchange) -> float:
    """Return the seconds between two requests, by whichever clock has more."""
    return max(later.real - one.real, later.at - one.at)


def json_of(body: bytes) -> Any:
    """Return a body as a JSON value; None if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
