"""Rules on the use of tokens and on what follows a refusal."""

from collections.abc import Iterator, Sequence

from mockserver.verdicts.exchanges import Exchange, History, Token
from mockserver.verdicts.judging import Finding, Outcome, Rule
from mockserver.verdicts.purchases import is_early

_BURST = 1.0  # real seconds in which simultaneous callers may still use an old token
_TEXT_FLAWS = ("wrong-prefix", "malformed", "wrong-vendor")
"""Refusals of a token that was not sent as it was issued; a renewal does not help."""


class Use:
    """One use of a token that the client bought, among the events of its account."""

    def __init__(self, history: History, events: Sequence[Exchange], at: int, token: Token) -> None:
        self.history = history
        self.exchange = events[at]
        self.before = events[:at]
        self.after = events[at + 1 :]
        self.token = token

    @property
    def is_expired(self) -> bool:
        """True at or after the end of a token that was good when it was bought."""
        expires = self.token.expires
        return expires is not None and self.token.issued < expires <= self.exchange.at

    @property
    def purchase(self) -> Exchange:
        """The purchase of the token."""
        return next(one for one in self.before if one.bought and one.bought.id == self.token.id)

    @property
    def is_newest(self) -> bool:
        """True if no later token was bought before this use."""
        bought = [one.bought.id for one in self.before if one.bought]
        return bought[-1:] == [self.token.id]

    @property
    def is_refused(self) -> bool:
        """True for a 401 on a token that was sent as it was issued; else no renewal helps."""
        exchange = self.exchange
        is_flawed = exchange.entry.facts.refusal in _TEXT_FLAWS or not exchange.is_well_formed
        return exchange.status == 401 and not is_flawed

    def is_renewed(self) -> bool:
        """Return True if the client has a newer one, or asks for it before the next use."""
        if not self.is_newest:
            return True
        for one in self.after:
            if one.buys:
                return True
            if one.used == self.token.id and self.history.same_caller(one, self.exchange):
                return False
        return False


def uses_of(history: History) -> Iterator[Use]:
    """Yield every use of a token whose purchase is in the journal."""
    for events in history.accounts.values():
        for at, each in enumerate(events):
            token = history.bought.get(each.used) if each.used else None
            if token and any(one.bought and one.bought.id == token.id for one in events[:at]):
                yield Use(history, events, at, token)


def _expired_use(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        if not use.is_expired:
            kept += [use.exchange] if use.token.expires else []
        elif _knew(use) or not (use.exchange.status == 401 and use.is_renewed()):
            broken.append(
                Finding(_with_purchase(use), "the token is renewed before its end, or by the 401")
            )
    return Outcome(kept, broken)


def _knew(use: Use) -> bool:
    """Return True if the client has seen before that this token expired.

    Another caller may still send the old token once; a second and two calls with a newer token
    later it may not.
    """
    end = use.token.expires or 0
    refused = [one for one in use.before if one.used == use.token.id and one.status == 401]
    refused = [one for one in refused if one.at >= end]
    if not refused:
        return False
    since = use.before[use.before.index(refused[0]) + 1 :]
    if any(use.history.same_caller(one, use.exchange) for one in refused):
        return True
    newer = [one for one in since if one.ok and one.used and one.used != use.token.id]
    return len(newer) > 1 and use.exchange.real - refused[0].real > _BURST


def _with_purchase(use: Use) -> tuple[Exchange, ...]:
    return (use.purchase, use.exchange)


def _late_renewal(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        if use.is_expired and use.exchange.status == 401 and _could_know(use) and not _knew(use):
            broken.append(Finding(_with_purchase(use), "the token is renewed before its end"))
    for events in history.accounts.values():
        kept += [each for at, each in enumerate(events) if _is_ahead(events, at)]
    return Outcome(kept, broken)


def _could_know(use: Use) -> bool:
    """Return True for a renewal after the end that the client's own clock has shown.

    It does not if a test has moved the clock of the mock since the purchase.
    """
    moved = use.purchase.entry.facts.setting != use.exchange.entry.facts.setting
    return not moved and use.is_renewed()


def _is_ahead(events: Sequence[Exchange], at: int) -> bool:
    """Return True for a purchase that replaces a token shortly before its end."""
    token = _newest(events[:at])
    if not events[at].buys or token is None or token.expires is None:
        return False
    return events[at].at < token.expires and not is_early(token, events[at].at)


def _newest(events: Sequence[Exchange]) -> Token | None:
    return next((one.bought for one in events[::-1] if one.bought), None)


def _no_renewal(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        if use.is_expired or not use.is_refused or use.exchange.is_odd or not use.is_newest:
            continue
        if _was_refused(use) or _is_retry(use):
            continue
        if not use.is_renewed():
            expected = "a new token is bought, and the request is sent once more with it"
            broken.append(Finding((use.exchange, *use.after[:1]), expected))
        elif _lacks_retry(use):
            expected = "the request is sent once more with the new token"
            broken.append(Finding((use.exchange, *use.after[:1]), expected))
        else:
            kept.append(use.exchange)
    return Outcome(kept, broken)


def _was_refused(use: Use) -> bool:
    return any(one.used == use.token.id and one.status == 401 for one in use.before)


def _is_retry(use: Use) -> bool:
    """Return True for the first use of a token that was bought after a 401: it is the retry."""
    at = use.before.index(use.purchase)
    first = not any(one.used == use.token.id for one in use.before)
    return first and at > 0 and bool(use.before[at - 1].used) and use.before[at - 1].status == 401


def _lacks_retry(use: Use) -> bool:
    bought = [one for one in use.after if one.buys]
    return any(one.bought for one in bought) and not any(one.used for one in use.after)


def _renewal_loop(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        for at, each in enumerate(events):
            refused = _refused_before(events, at) if each.buys else []
            if len(refused) > 1:
                expected = "one renewal and one retry; after a second 401 the call fails"
                broken.append(Finding((*refused[-2:], each), expected))
            elif refused:
                kept.append(each)
    return Outcome(kept, broken)


def _refused_before(events: Sequence[Exchange], at: int) -> list[Exchange]:
    """Return the refused uses that led to a purchase, each but the first after a renewal."""
    refused: list[Exchange] = []
    while at >= 1 and events[at - 1].is_well_formed and events[at - 1].status == 401:
        use = events[at - 1]
        refused.insert(0, use)
        at -= 2
        renewal = events[at] if at >= 0 else None
        if renewal is None or renewal.bought is None or renewal.bought.id != use.used:
            break
    return refused


def _renewal_on_other_errors(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        each = use.exchange
        if not use.is_newest or (each.status not in (403, 429) and each.status < 500):
            continue
        follower = use.after[0] if use.after else None
        if follower is not None and follower.buys and _is_uncalled_for(use, follower):
            expected = "the token is not at fault: it is kept, and no new one is bought"
            broken.append(Finding((each, follower), expected))
        else:
            kept.append(each)
    return Outcome(kept, broken)


def _is_uncalled_for(use: Use, purchase: Exchange) -> bool:
    """Return True if a purchase has no other reason than the error before it."""
    if use.token.expires is not None and not is_early(use.token, purchase.at):
        return False
    # A client that buys a token for every call breaks another rule.
    uses = [one for one in (*use.before, *use.after) if one.used]
    reused = len(uses) > len({one.used for one in uses})
    return reused or len(uses) == 1 or _retried(use, purchase)


def _retried(use: Use, purchase: Exchange) -> bool:
    """Return True if the request that failed is sent again after the purchase."""
    after = [one for one in use.after if one.used]
    path = use.exchange.entry.routed.path
    first = sum(one.buys for one in use.before) == 1
    return first and bool(after) and after[0].entry.routed.path == path and purchase.ok


def _failed_renewal(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        for at, each in enumerate(events):
            token = _newest(events[:at])
            if not each.buys or each.bought or token is None or events[at - 1].buys:
                continue
            if not _is_ahead(events, at) or not events[at - 1].ok:
                continue
            rest = list(events[at:])
            chain = rest[: _length_of_chain(rest)]
            if chain[-1].bought or all(one.is_odd for one in chain):
                continue
            follower = rest[len(chain)] if len(chain) < len(rest) else None
            if follower is not None and follower.used == token.id:
                kept.append(each)
            elif token.expires is None or chain[-1].at < token.expires:
                expected = "the old token is used: it is good until its end"
                broken.append(Finding((each,), expected))
    return Outcome(kept, broken)


def _length_of_chain(events: Sequence[Exchange]) -> int:
    return next((at for at, one in enumerate(events) if not one.buys), len(events))


def _revoked_use(history: History) -> Outcome:
    kept, broken = [], []
    ended: dict[str, Exchange] = {}
    for each in history.exchanges:
        if not each.used:
            continue
        known = ended.get(each.used)
        if known is not None and _knows(history, known, each):
            broken.append(Finding((known, each), "the token is forgotten; a login gives a new one"))
        elif _ends(each) or _is_told(history, each):
            ended[each.used] = each
            kept.append(each)
    return Outcome(kept, broken)


def _ends(each: Exchange) -> bool:
    return each.ok and each.usage is not None and each.entry.routed.endpoint in each.usage.ends


def _is_told(history: History, each: Exchange) -> bool:
    """Return True for the refusal of a token that was revoked."""
    return each.entry.facts.refusal == "revoked" and each.used in history.revoked


def _knows(history: History, known: Exchange, each: Exchange) -> bool:
    """Return True unless another caller may not have heard yet that the token is revoked."""
    return history.same_caller(known, each) or each.real - known.real > _BURST


def rules() -> Iterator[Rule]:
    """Yield the rules of this module."""
    yield Rule(
        "expired-use",
        "error",
        "No token is used at or after its end, save once to learn it from the 401.",
        "RFC 7519, 4.1.4; RFC 6750, 3.1",
        _expired_use,
    )
    yield Rule(
        "late-renewal",
        "warning",
        "A token is renewed before its end, not by the 401 after it.",
        "RFC 7519, 4.1.4; Azure Identity and Google auth renew ahead",
        _late_renewal,
    )
    yield Rule(
        "no-renewal-after-401",
        "error",
        "After a 401 on a use there is one renewal and one retry.",
        "RFC 6750, 3.1 (invalid_token)",
        _no_renewal,
    )
    yield Rule(
        "renewal-loop",
        "error",
        "After a 401 on a use there is no second renewal.",
        "RFC 6750, 3.1; Google auth: two attempts",
        _renewal_loop,
    )
    yield Rule(
        "renewal-on-other-errors",
        "error",
        "403, 429 and 5xx on a use renew nothing.",
        "RFC 6750, 3.1 (insufficient_scope); RFC 6585, 4; RFC 9110, 15.5.4 and 15.6",
        _renewal_on_other_errors,
    )
    yield Rule(
        "failed-renewal-fatal",
        "error",
        "A renewal that fails is no error while the old token is good.",
        "Azure Identity and Azure.Core: a failed refresh ahead of the end raises nothing",
        _failed_renewal,
    )
    yield Rule(
        "revoked-use",
        "error",
        "A delinked or revoked token is not used again.",
        "RFC 7009, 2.1; RFC 6750, 3.1",
        _revoked_use,
    )
