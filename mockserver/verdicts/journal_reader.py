"""Reads a journal: finds the tokens in its requests, and the accounts of the tokens."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from mockserver.emulator.journal_entry import Entry
from mockserver.emulator.state import State
from mockserver.model.http import Request
from mockserver.model.token_registry import IssuedToken, token_id
from mockserver.model.vendor import Vendor
from mockserver.verdicts.exchanges import Exchange, History, SentToken, Token, json_of

_JWT = re.compile(r"(?a)eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*")
_SHORTEST = 6  # characters of a token that is searched for: "a" would be found everywhere
_LATEST = 253_402_300_800  # Unix seconds of the year 10000, which no date can show
_LONGEST_WORD = 200  # characters of a word that may be a token other than a JWT


def history_of(state: State, entries: Iterable[Entry], *, one_caller: bool) -> History:
    """Return the history of a journal; the arguments are those of `verdicts_of`."""
    recorded = [entry for entry in entries if entry.recorded]
    return _Reader(state).read(recorded, one_caller=one_caller)


class _Reader:
    """Reads a journal. Texts of tokens and secrets live no longer than this object."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._vendors = {vendor.name: vendor for vendor in state.vendors}
        self._issued: dict[str, IssuedToken | None] = {}
        self._plain: set[str] = set()  # texts of tokens and codes that are not JWTs
        self._obtained: dict[str, Token] = {}
        self._codes: dict[str, IssuedToken] = {}
        self._accounts: dict[str, str] = {}  # by digest of a credential

    def read(self, entries: Iterable[Entry], *, one_caller: bool) -> History:
        """Return the history of some entries, the oldest first."""
        vendors = self._vendors
        exchanges = [Exchange(each, vendors.get(each.routed.vendor or "")) for each in entries]
        for each in exchanges:
            self._read_purchase(each)
        for each in exchanges:
            if each.is_purchase:
                each.account = self._accounts.get(each.credential, each.credential)
            self._read_tokens(each)
        known = {sent.id for each in exchanges for sent in each.sent}
        revoked = {one for one in {*known, *self._obtained} if self._state.registry.is_revoked(one)}
        secrets = frozenset(self._secrets())
        return History(
            exchanges, self._obtained, self._codes, frozenset(revoked), secrets, one_caller
        )

    def _read_purchase(self, each: Exchange) -> None:
        usage, routed = each.usage, each.entry.routed
        if usage is None or each.vendor is None or routed.endpoint not in usage.purchases:
            return
        paid = usage.credential(routed.request)
        each.is_purchase = True
        if paid is None:
            return
        each.credential = token_id(f"{each.vendor.name} {paid}")
        if usage.single_use:
            self._read_code(each, paid)
        text = _value_at(json_of(each.entry.response.body), usage.token) if each.ok else None
        if isinstance(text, str) and each.entry.response.fault is None:
            self._read_obtained(each, each.vendor, text)

    def _read_code(self, each: Exchange, code: str) -> None:
        self._remember_plain(code)
        issued = self._registered(token_id(code))
        if issued is not None:
            self._codes[issued.id] = issued
            self._accounts[each.credential] = f"{issued.vendor} code {issued.id}"

    def _read_obtained(self, each: Exchange, vendor: Vendor[Any], text: str) -> None:
        id_, now = token_id(text), int(each.at)
        issued = self._registered(id_)
        usage = vendor.usage
        if usage is not None and not usage.single_use:
            account = issued.account if issued else ""
            known = f"{vendor.name} {account}" if account else each.credential
            self._accounts.setdefault(each.credential, known)
        expires = issued.expires if issued else _expiry(text)
        account = self._accounts.get(each.credential, each.credential)
        token = Token(id_, vendor.name, account, now, expires)
        each.obtained = token
        self._obtained.setdefault(id_, token)
        self._remember_plain(text)

    def _remember_plain(self, text: str) -> None:
        if len(text) >= _SHORTEST and not _JWT.search(text):
            self._plain.add(text)

    def _read_tokens(self, each: Exchange) -> None:
        found = list(self._sent(each))
        each.sent = tuple(found)
        if each.is_purchase or not found:
            return
        headers = [token for token in found if token.place not in ("url", "body")]
        exempt = each.usage is not None and each.entry.routed.endpoint in each.usage.in_query
        main = headers[0] if headers else None if exempt else found[0]
        if main is None:
            return
        each.used = main.id
        token = self._obtained.get(main.id)
        issued = self._registered(main.id)
        if token is not None:
            each.account = token.account
        elif issued is not None:
            each.account = f"{issued.vendor} {issued.account}"

    def _sent(self, each: Exchange) -> Iterator[SentToken]:
        request = each.request
        is_in_header = False
        for name, value in request.headers.pairs:
            if not name.lower().startswith("cookie"):
                for token in self._tokens_in(value, name.lower(), each):
                    is_in_header = True
                    yield token
        yield from self._tokens_in(_decoded_url(request), "url", each)
        if not each.is_purchase and not is_in_header:
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
        """Return the first span of a text that is a known token or code, but not a JWT."""
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
            issued = self._obtained.get(id_) or self._registered(id_)
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


def _decoded_url(request: Request) -> str:
    return unquote(request.target or f"{request.path}?{request.query}")


def _value_at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _expiry(token: str) -> int | None:
    """Return `exp` of a JWT whose signature is not checked; None if it has no such number."""
    import jwt  # noqa: PLC0415 - only for tokens that a stub made

    match = _JWT.search(token)
    try:
        claims = jwt.decode(match[0] if match else "", options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    expires = claims.get("exp")
    if not isinstance(expires, (int, float)) or not 0 <= expires < _LATEST:
        return None
    return int(expires)
