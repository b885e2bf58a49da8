"""Uses of tokens, and the rules on tokens that have ended: by time, or by revocation."""

from collections.abc import Iterator, Sequence

from mockserver.verdicts.exchanges import Exchange, History, Token, elapsed
from mockserver.verdicts.judging import Finding, Outcome, Rule
from mockserver.verdicts.purchases import is_ahead

_ONE_CALL = 60.0  # seconds: a later renewal is not the one that a 401 asked for
_ONE_MOMENT = 5.0  # seconds for which a caller may hold a token before it sends it
_SHORT_LIFE = 10  # seconds
_TEXT_FLAWS = ("wrong-prefix", "malformed", "wrong-vendor")
"""Refusals of a token that was not sent as it was issued; a renewal does not help."""


class Use:
    """One use of a token that the client obtained, among the events of its account."""

    def __init__(self, history: History, events: Sequence[Exchange], at: int, token: Token) -> None:
        self.history = history
        self.exchange = events[at]
        self.before = events[:at]
        self.after = events[at + 1 :]
        self.token = token

    @property
    def is_expired(self) -> bool:
        """True at or after the end of a token that was valid when it was obtained."""
        expires = self.token.expires
        return expires is not None and self.token.issued < expires <= self.exchange.at

    @property
    def purchase(self) -> Exchange:
        """The purchase of the token."""
        return next(one for one in self.before if one.obtained and one.obtained.id == self.token.id)

    @property
    def is_newest(self) -> bool:
        """True if no later token was obtained before this use."""
        obtained = [one.obtained.id for one in self.before if one.obtained]
        return obtained[-1:] == [self.token.id]

    @property
    def is_refused(self) -> bool:
        """True for a 401 on a token that was sent as it was issued; else no renewal helps."""
        exchange = self.exchange
        is_flawed = exchange.entry.facts.refusal in _TEXT_FLAWS or not exchange.is_well_formed
        return exchange.status == 401 and not is_flawed

    def is_renewed(self) -> bool:
        """Return True if the client has a newer one, or soon requests it.

        A caller that is known does so before it sends this one again.
        """
        if not self.is_newest:
            return True
        for one in self.after:
            if one.is_purchase:
                return elapsed(self.exchange, one) < _ONE_CALL
            if one.used == self.token.id and self.history.is_one_caller(one, self.exchange):
                return False
        return False


def uses_of(history: History) -> Iterator[Use]:
    """Yield every use of a token whose purchase is in the journal."""
    for events in history.accounts.values():
        for at, each in enumerate(events):
            token = history.obtained.get(each.used) if each.used else None
            if token and any(one.obtained and one.obtained.id == token.id for one in events[:at]):
                yield Use(history, events, at, token)


def is_informed(refused: Exchange, since: Sequence[Exchange], each: Exchange) -> bool:
    """Return True if the sender of a request with an ended token must have seen a refusal of it.

    Other threads, tasks and processes may hold the token at the moment at which one of them
    learns that it has ended. Each of them sends it once more, before or just after the renewal.

    Args:
        refused: The request whose answer said that the token has ended.
        since: What the account's token was used and obtained for after that.
        each: The request in question.
    """
    if elapsed(refused, each) < _ONE_MOMENT:
        return False
    newer = [one for one in since if one.ok and one.used and one.used != each.used]
    return len(newer) > 1 or not any(one.is_purchase for one in since)


def _expired_use(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        if not use.is_expired:
            kept += [use.exchange] if use.token.expires else []
        elif _knew(use) or (use.exchange.status == 401 and not use.is_renewed()):
            broken.append(
                Finding(_with_purchase(use), "the token is renewed before its end, or by the 401")
            )
    return Outcome(kept, broken)


def _knew(use: Use) -> bool:
    """Return True if the caller has seen before that this token expired."""
    end = use.token.expires or 0
    told = [one for one in use.before if one.used == use.token.id and one.status == 401]
    told = [one for one in told if one.at >= end]
    if not told:
        return False
    if any(use.history.is_one_caller(one, use.exchange) for one in told):
        return True
    return is_informed(told[0], use.before[use.before.index(told[0]) + 1 :], use.exchange)


def _with_purchase(use: Use) -> tuple[Exchange, ...]:
    return (use.purchase, use.exchange)


def _late_renewal(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        if use.is_expired and use.exchange.status == 401 and _could_know(use) and not _knew(use):
            broken.append(Finding(_with_purchase(use), "the token is renewed before its end"))
    for events in history.accounts.values():
        kept += [each for at, each in enumerate(events) if is_ahead(events, at)]
    return Outcome(kept, broken)


def _could_know(use: Use) -> bool:
    """Return True for a renewal after the end that the client's own clock has shown.

    It does not if a test has moved the clock of the mock since the purchase, and not for a token
    that lives a few seconds: a busy machine takes longer than any leeway between check and use.
    """
    if (use.token.life or 0) < _SHORT_LIFE:
        return False
    moved = use.purchase.entry.facts.setting != use.exchange.entry.facts.setting
    return not moved and use.is_renewed()


def _revoked_use(history: History) -> Outcome:
    kept, broken = [], []
    told: dict[str, list[tuple[int, Exchange]]] = {}
    for at, each in enumerate(history.exchanges):
        if not each.used:
            continue
        known = next((one for one in told.get(each.used, ()) if _knows(history, *one, at)), None)
        if known is not None:
            expected = "the token is forgotten; a login gives a new one"
            broken.append(Finding((known[1], each), expected))
        elif _ends(each) or _is_told(history, each):
            told.setdefault(each.used, []).append((at, each))
            kept.append(each)
    return Outcome(kept, broken)


def _ends(each: Exchange) -> bool:
    return each.ok and each.usage is not None and each.entry.routed.endpoint in each.usage.ends


def _is_told(history: History, each: Exchange) -> bool:
    """Return True for the refusal of a token that was revoked."""
    return each.entry.facts.refusal == "revoked" and each.used in history.revoked


def _knows(history: History, start: int, told: Exchange, at: int) -> bool:
    each = history.exchanges[at]
    if history.is_one_caller(told, each):
        return True
    since = [one for one in history.exchanges[start + 1 : at] if one.account == told.account]
    return is_informed(told, since, each)


RULES = (
    Rule(
        "expired-use",
        "error",
        "No token is used at or after its end, except once to learn of the end from the 401.",
        "RFC 7519, 4.1.4; RFC 6750, 3.1",
        _expired_use,
    ),
    Rule(
        "late-renewal",
        "warning",
        "A token is renewed before its end, not by the 401 after it.",
        "RFC 7519, 4.1.4; Azure Identity and Google auth renew ahead",
        _late_renewal,
    ),
    Rule(
        "revoked-use",
        "error",
        "A delinked or revoked token is not used again.",
        "RFC 7009, 2.1; RFC 6750, 3.1",
        _revoked_use,
    ),
)
"""The rules of this module."""
