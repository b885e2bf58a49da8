"""Rules on what follows a failed use of a token, or a failed renewal."""

from collections.abc import Iterator, Sequence

from mockserver.verdicts.ended_tokens import Use, uses_of
from mockserver.verdicts.exchanges import (
    Exchange,
    History,
    Outcome,
    Rule,
    Token,
    Violation,
    is_after_401,
)
from mockserver.verdicts.purchases import is_ahead, is_early, newest_of


def _no_renewal(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        if use.is_expired or not use.is_refused or use.exchange.has_odd_body or not use.is_newest:
            continue
        if _was_refused(use) or _is_retry(use):
            continue
        if not use.is_renewed():
            expected = "a new token is obtained, and the request is sent once more with it"
            broken.append(Violation((use.exchange, *use.after[:1]), expected))
        elif _lacks_retry(use):
            expected = "the request is sent once more with the new token"
            broken.append(Violation((use.exchange, *use.after[:1]), expected))
        else:
            kept.append(use.exchange)
    return Outcome(kept, broken)


def _was_refused(use: Use) -> bool:
    return any(one.used == use.token.id and one.status == 401 for one in use.before)


def _is_retry(use: Use) -> bool:
    """Return True for the first use of a token that was obtained after a 401: it is the retry."""
    at = use.before.index(use.purchase)
    is_first = not any(one.used == use.token.id for one in use.before)
    return is_first and is_after_401(use.before, at)


def _lacks_retry(use: Use) -> bool:
    obtained = [one for one in use.after if one.is_purchase]
    return any(one.obtained for one in obtained) and not any(one.used for one in use.after)


def _renewal_loop(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        for run in _refused_runs(events):
            renewals = _renewals(run)
            uses = [one for one in run if one.used]
            # A call needs two uses for each renewal: the one that is refused, and the retry.
            if len(renewals) > 1 and 2 * len(renewals) > len(uses):
                expected = "one renewal and one retry; after a second 401 the call fails"
                second = run.index(renewals[1])
                shown = [one for one in run[:second] if one.used][-2:]
                broken.append(Violation((*shown, renewals[1]), expected))
            else:
                kept += renewals
    return Outcome(kept, broken)


def _refused_runs(events: Sequence[Exchange]) -> Iterator[list[Exchange]]:
    """Yield each run of refused uses and purchases, with the use that ends it."""
    run: list[Exchange] = []
    for each in events:
        is_refused = each.is_well_formed and each.status == 401
        if is_refused or (run and each.is_purchase):
            run.append(each)
        elif run:
            yield [*run, each]
            run = []
    if run:
        yield run


def _renewals(run: Sequence[Exchange]) -> list[Exchange]:
    """Return the successful purchases that have no other cause than a refusal."""
    found = []
    newest: Token | None = None
    for each in run:
        if each.obtained is not None:
            if newest is None or is_early(newest, each.at):
                found.append(each)
            newest = each.obtained
    return found


def _renewal_on_other_errors(history: History) -> Outcome:
    kept, broken = [], []
    for use in uses_of(history):
        each = use.exchange
        if not use.is_newest or (each.status not in (403, 429) and each.status < 500):
            continue
        follower = use.after[0] if use.after else None
        if follower is not None and follower.is_purchase and _is_uncalled_for(use, follower):
            expected = "the token is not at fault: it is kept, and no new one is requested"
            broken.append(Violation((each, follower), expected))
        else:
            kept.append(each)
    return Outcome(kept, broken)


def _is_uncalled_for(use: Use, purchase: Exchange) -> bool:
    """Return True if a purchase has no other reason than the error before it."""
    if use.token.expires is not None and not is_early(use.token, purchase.at):
        return False
    if _was_refused(use):
        return False  # another caller received that 401 and renews the token
    # A client that obtains a token for every call breaks another rule.
    uses = [one for one in (*use.before, *use.after) if one.used]
    reused = len(uses) > len({one.used for one in uses})
    return reused or len(uses) == 1 or _retried(use, purchase)


def _retried(use: Use, purchase: Exchange) -> bool:
    """Return True if the request that failed is sent again after the purchase."""
    after = [one for one in use.after if one.used]
    path = use.exchange.entry.routed.path
    first = sum(one.is_purchase for one in use.before) == 1
    return first and bool(after) and after[0].entry.routed.path == path and purchase.ok


def _failed_renewal(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        for at, each in enumerate(events):
            token = newest_of(events[:at])
            if not each.is_purchase or each.obtained or token is None or events[at - 1].is_purchase:
                continue
            if not is_ahead(events, at) or not events[at - 1].ok:
                continue
            rest = list(events[at:])
            chain = rest[: _length_of_chain(rest)]
            if chain[-1].obtained or all(one.has_odd_body for one in chain):
                continue
            follower = rest[len(chain)] if len(chain) < len(rest) else None
            if follower is not None and follower.used == token.id:
                kept.append(each)
            elif token.expires is None or chain[-1].at < token.expires:
                expected = "the old token is used: it is valid until it expires"
                broken.append(Violation((each,), expected))
    return Outcome(kept, broken)


def _length_of_chain(events: Sequence[Exchange]) -> int:
    return next((at for at, one in enumerate(events) if not one.is_purchase), len(events))


RULES = (
    Rule(
        "no-renewal-after-401",
        "error",
        "After a 401 on a use there is one renewal and one retry.",
        "RFC 6750, 3.1 (invalid_token)",
        _no_renewal,
    ),
    Rule(
        "renewal-loop",
        "error",
        "After a 401 on a use there is no second renewal.",
        "RFC 6750, 3.1; Azure.Core: one retry after a challenge (Google auth: up to two)",
        _renewal_loop,
    ),
    Rule(
        "renewal-on-other-errors",
        "error",
        "After a 403, 429 or 5xx on a use the token is not renewed.",
        "RFC 6750, 3.1 (insufficient_scope); RFC 6585, 4; RFC 9110, 15.5.4 and 15.6",
        _renewal_on_other_errors,
    ),
    Rule(
        "failed-renewal-fatal",
        "error",
        "A renewal that fails is not an error while the old token is valid.",
        "Azure Identity and Azure.Core: a failed refresh ahead of the end raises nothing",
        _failed_renewal,
    ),
)
"""The rules of this module."""
