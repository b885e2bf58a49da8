"""Rules on purchases: single-use codes, caches, simultaneous purchases, lifetimes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from mockserver.model.clock import iso
from mockserver.verdicts.exchanges import (
    UNKNOWN,
    Exchange,
    History,
    Outcome,
    Rule,
    Token,
    Violation,
)

LEEWAY = 300
"""Seconds before the end of a token from which on large SDKs renew it (Azure Identity)."""

_PART = 0.1  # the part of its life that a token may have left when it is renewed
_SILENCE = 1800  # seconds after which a purchase may be that of a new process
_LATE = 0.8  # the part of a code's life after which an exchange is late
_NEAR = 0.25  # real seconds: a later purchase may be a retry after the client's own timeout


def _code_twice(history: History) -> Outcome:
    kept, broken = [], []
    for group in _by_credential(history):
        first = next((each for each in group if each.ok and each.obtained), None)
        if first is None:
            continue
        again = [each for each in group[group.index(first) + 1 :] if not _is_lost(each, group)]
        if again:
            expected = "the token from the first exchange is kept and used"
            broken.append(Violation((first, again[0]), expected))
        else:
            kept.append(first)
    return Outcome(kept, broken)


def _is_lost(each: Exchange, group: Sequence[Exchange]) -> bool:
    """Return True if a reply before this request was lost."""
    return any(before.status == 0 for before in group[: group.index(each)])


def _lost_reply_loop(history: History) -> Outcome:
    kept, broken = [], []
    for group in _by_credential(history):
        lost = next((each for each in group if each.status == 0), None)
        if lost is None:
            continue
        again = group[group.index(lost) + 1 :]
        if again:
            expected = "the code may be used up by now: a new login gives a new code"
            broken.append(Violation((lost, *again[:2]), expected))
        else:
            kept.append(lost)
    return Outcome(kept, broken)


def _by_credential(history: History) -> list[list[Exchange]]:
    """Return the exchanges of each single-use code."""
    groups: dict[str, list[Exchange]] = {}
    for each in history.purchases:
        if each.usage and each.usage.single_use and each.credential:
            groups.setdefault(each.credential, []).append(each)
    return list(groups.values())


def _code_late(history: History) -> Outcome:
    kept, broken = [], []
    for group in _by_credential(history):
        first = group[0]
        issued = history.codes.get(first.account.rpartition(" ")[2])
        life = first.usage.code_life if first.usage else 0
        if issued is None or not life:
            continue
        age = first.at - issued.issued
        if age < life * _LATE:
            kept.append(first)
            continue
        expected = f"the code, issued at {_time(issued.issued)}, is exchanged within {life} s"
        if age >= life:
            broken.append(Violation((first,), expected, "error"))
        else:
            expected = f"{expected}, and soon: it was {age:.0f} s old"
            broken.append(Violation((first,), expected, "warning"))
    return Outcome(kept, broken)


def _stampede(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        purchases = [each for each in events if each.is_purchase]
        for at, each in enumerate(purchases):
            rival = next((one for one in purchases[at + 1 :] if _overlap(each, one)), None)
            if rival is not None:
                expected = "one caller requests a token, and the others wait for it (single flight)"
                broken.append(Violation((each, rival), expected))
                break
            if _is_held(each):
                kept.append(each)
    return Outcome(kept, broken)


def _is_held(each: Exchange) -> bool:
    """Return True if other purchases could come before the response was sent."""
    return each.entry.facts.gate is not None or each.entry.response.delay > 0


def _overlap(each: Exchange, later: Exchange) -> bool:
    """Return True if the later request came before the response to the earlier one."""
    if later.client == each.client != UNKNOWN:
        return False
    gate = each.entry.facts.gate
    if gate is not None and gate == later.entry.facts.gate:
        return True
    return later.real - each.real < min(each.entry.response.delay, _NEAR)


def _early_purchases(events: Sequence[Exchange]) -> Iterator[tuple[Exchange, Exchange]]:
    """Yield each purchase that came too early, after the purchase of the token that it replaces."""
    replaced: tuple[int, Exchange, Token] | None = None  # the last token that expires
    for at, each in enumerate(events):
        if each.is_purchase and replaced is not None:
            index, before, token = replaced
            is_silent = each.at - events[at - 1].at >= _SILENCE
            # Other rules judge a purchase after an error.
            is_after_error = not all(one.ok for one in events[index + 1 : at])
            if is_early(token, each.at) and not (
                is_silent or is_after_error or _may_be_unanswered(before, each)
            ):
                yield before, each
        if each.obtained and each.obtained.expires:
            replaced = at, each, each.obtained


def _may_be_unanswered(before: Exchange, each: Exchange) -> bool:
    """Return True if the earlier response was held, so that its client may have timed out."""
    held = before.entry.facts.gate is not None
    return held or each.real - before.real < before.entry.response.delay


def is_early(token: Token, at: float) -> bool:
    """Return True if a token has too much of its life left to be renewed at a time.

    Args:
        token: The token.
        at: The time of the renewal, in Unix seconds.
    """
    if token.expires is None or token.life is None or at < token.issued:
        return False
    left = token.expires - at
    return left > max(token.life * _PART, min(LEEWAY, token.life / 2))


def is_ahead(events: Sequence[Exchange], at: int) -> bool:
    """Return True if the exchange at an index is a purchase shortly before a token's end."""
    token = newest_of(events[:at])
    if not events[at].is_purchase or token is None or token.expires is None:
        return False
    return events[at].at < token.expires and not is_early(token, events[at].at)


def newest_of(events: Sequence[Exchange]) -> Token | None:
    """Return the token that was obtained last."""
    return next((one.obtained for one in events[::-1] if one.obtained), None)


def _no_cache(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        early = [pair for pair in _early_purchases(events) if not _by_leeway(pair[0], events)]
        broken += [Violation(pair, _still_valid(pair[0])) for pair in early[:1]]
        if not early:
            kept += _reuses(events)
    return Outcome(kept, broken)


def _still_valid(purchase: Exchange) -> str:
    expires = purchase.obtained.expires if purchase.obtained else None
    return f"the token of the first request is used again: it is valid until {_time(expires or 0)}"


def _leeway_too_long(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        early = [pair for pair in _early_purchases(events) if _by_leeway(pair[0], events)]
        for first, again in early[:1]:
            life = first.obtained.life if first.obtained else None
            expected = f"the token is used until a short time before its end; it lives {life} s"
            broken.append(Violation((first, again), expected))
        if not early:
            kept += [use for use in _reuses(events) if _is_short(history.obtained.get(use.used))]
    return Outcome(kept, broken)


def _is_short(token: Token | None) -> bool:
    return token is not None and token.life is not None and token.life <= 3 * LEEWAY


def _by_leeway(purchase: Exchange, events: Sequence[Exchange]) -> bool:
    """Return True if a leeway is the reason for which the token of a purchase was not used again.

    It is the reason if the token does not live longer than a usual leeway. It is also the reason
    if the client has used another token again that had more time left than the life of this one.
    """
    token = purchase.obtained
    if token is None or token.life is None or token.expires is None:
        return False
    if token.life <= LEEWAY:
        return True
    ends = {each.obtained.id: each.obtained.expires for each in events if each.obtained}
    left = [(ends.get(each.used) or 0) - each.at for each in _reuses(events)]
    return any(rest > token.life for rest in left)


def _reuses(events: Sequence[Exchange]) -> list[Exchange]:
    """Return the uses of tokens that were used before."""
    seen: set[str] = set()
    found = []
    for each in events:
        if each.used in seen:
            found.append(each)
        if each.used:
            seen.add(each.used)
    return found


def _unit_error(history: History) -> Outcome:
    kept, broken = [], []
    for each in history.purchases:
        wrong = each.usage.wrong_unit(each.request) if each.usage else None
        if wrong:
            broken.append(Violation((each,), f"the vendor's unit: {wrong}"))
        elif wrong is not None:
            kept.append(each)
    return Outcome(kept, broken)


def _time(seconds: float) -> str:
    return iso(datetime.fromtimestamp(int(seconds), UTC))


RULES = (
    Rule(
        "code-twice",
        "error",
        "A single-use code is exchanged once.",
        "RFC 6749, 4.1.2; the vendors' SDKs",
        _code_twice,
    ),
    Rule(
        "code-late",
        "error",
        "A single-use code is exchanged within its life; a warning after 80 % of it.",
        "RFC 6749, 4.1.2; the vendor's page on the life of a code",
        _code_late,
    ),
    Rule(
        "lost-reply-loop",
        "error",
        "After a lost reply to a one-time exchange the user logs in again: the code is not resent.",
        "RFC 9110, 9.2.2",
        _lost_reply_loop,
    ),
    Rule(
        "no-cache",
        "error",
        "No token is requested while one of the credential has more than 10 % of its life left.",
        "RFC 6749, 5.1 (expires_in); MSAL: client and server throttling",
        _no_cache,
    ),
    Rule(
        "stampede",
        "error",
        "No two purchases of one credential overlap.",
        "Azure.Core (BearerTokenAuthenticationPolicy): one refresh at a time",
        _stampede,
    ),
    Rule(
        "leeway-too-long",
        "error",
        "The time before its end at which a token is renewed is shorter than its life.",
        "RFC 7519, 4.1.4; Azure Identity (5 min), Google auth (3 min 45 s)",
        _leeway_too_long,
    ),
    Rule(
        "unit-error",
        "error",
        "A lifetime is requested in the unit of its vendor.",
        "The vendors' pages on the life of a token",
        _unit_error,
    ),
)
"""The rules of this module."""
