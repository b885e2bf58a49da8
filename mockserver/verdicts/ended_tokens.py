"""Uses of tokens, and the rules on tokens that have expired or were revoked."""

from collections.abc import Iterator, Sequence

from mockserver.verdicts.exchanges import (
    Exchange,
    History,
    Outcome,
    Rule,
    Token,
    Violation,
    elapsed,
)
from mockserver.verdicts.purchases import is_ahead

_ONE_CALL = 60.0  # seconds: a later renewal has another cause than the 401
_ONE_MOMENT = 5.0  # seconds between the moment a caller reads a token and the request with it
_SHORT_LIFE = 10  # seconds
# Reasons for which a token is refused that was not sent as it was issued: a renewal does not help.
_TEXT_FLAWS = ("wrong-prefix", "malformed", "wrong-vendor")


class Use:
    """One use of a token that the client obtained.

    Args:
        history: The history.
        events: The purchases and uses of the token's account, in order.
        at: The index of the use among them.
        token: The token.
    """

    def __init__(self, history: History, events: Sequence[Exchange], at: int, token: Token) -> None:
        self.history = history
        self.exchange = events[at]
        self.before = events[:at]
        self.after = events[at + 1 :]
        self.token = token

    @property
    def is_expired(self) -> bool:
        """True if the token has expired at this use, but had not when it was obtained."""
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
        """True for a 401 after which a renewal helps: the token was sent as it was issued."""
        exchange = self.exchange
        is_flawed = exchange.entry.facts.refusal in _TEXT_FLAWS or not exchange.is_well_formed
        return exchange.status == 401 and not is_flawed

    def is_renewed(self) -> bool:
        """Return True if the client had a newer token, or requests one within `_ONE_CALL`.

        If it is certain that the same caller sends this token again before that, the answer is
        False.
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
    """Return True if whoever sends an ended token must already know that it has ended.

    Several threads, tasks and processes may use one token. When one of them receives the refusal,
    each of the others may send the token once more, before or just after the renewal.

    Args:
        refused: The request whose response said that the token has ended.
        since: The purchases and uses of the account between `refused` and `each`.
        each: A later request with the token.
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
        elif _is_after_refusal(use) or (use.exchange.status == 401 and not use.is_renewed()):
            expected = "the token is renewed before its end, or by the 401"
            broken.append(Violation((use.purchase, use.exchange), expected))
    return Outcome(kept, broken)


def _is_after_refusal(use: Use) -> bool:
    """Return True if the caller has already received a 401 for this expired token."""
    end = use.token.expires or 0
    of_token = [one for one in use.before if one.used == use.token.id]
    refused = [one for one in of_token if one.status == 401 and one.at >= end]
    if not refused:
        return False
    if any(use.history.is_one_caller(one, use.exchange) for one in refused):
        return True
    return is_informed(refused[0], use.before[use.before.index(refused[0]) + 1 :], use.exchange)


def _late_renewal(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        if not use.is_expired or use.exchange.status != 401 or _is_after_refusal(use):
            continue
        if _could_know(use):
            expected = "the token is renewed before its end"
            broken.append(Violation((use.purchase, use.exchange), expected))
    for events in history.accounts.values():
        kept += [each for at, each in enumerate(events) if is_ahead(events, at)]
    return Outcome(kept, broken)


def _could_know(use: Use) -> bool:
    """Return True if the token is renewed late although the client's own clock showed its end.

    The client's clock does not show the end if a test has moved the mock's clock since the
    purchase. A token that lives a few seconds does not count either, because a busy machine may
    need longer than any leeway between the check of a token and its use.
    """
    if (use.token.life or 0) < _SHORT_LIFE:
        return False
    moved = use.purchase.entry.facts.setting != use.exchange.entry.facts.setting
    return not moved and use.is_renewed()


def _revoked_use(history: History) -> Outcome:
    kept, broken = [], []
    refusals: dict[str, list[tuple[int, Exchange]]] = {}
    for at, each in enumerate(history.exchanges):
        if not each.used:
            continue
        of_token = refusals.get(each.used, ())
        known = next((one for one in of_token if _knows(history, *one, at)), None)
        if known is not None:
            expected = "the token is forgotten; a login gives a new one"
            broken.append(Violation((known[1], each), expected))
        elif _ends(each) or _is_refused_as_revoked(history, each):
            refusals.setdefault(each.used, []).append((at, each))
            kept.append(each)
    return Outcome(kept, broken)


def _ends(each: Exchange) -> bool:
    """Return True for a successful request that revokes its own token."""
    return each.ok and each.usage is not None and each.entry.routed.endpoint in each.usage.ends


def _is_refused_as_revoked(history: History, each: Exchange) -> bool:
    return each.entry.facts.refusal == "revoked" and each.used in history.revoked


def _knows(history: History, start: int, ended: Exchange, at: int) -> bool:
    """Return True if the sender of the exchange at `at` knows the response to `ended`."""
    each = history.exchanges[at]
    if history.is_one_caller(ended, each):
        return True
    since = [one for one in history.exchanges[start + 1 : at] if one.account == ended.account]
    return is_informed(ended, since, each)


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
