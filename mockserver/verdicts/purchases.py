"""Rules on purchases: single-use codes, caches, simultaneous purchases, lifetimes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from mockserver.model.clock import iso
from mockserver.verdicts.exchanges import UNKNOWN, Exchange, History, Token
from mockserver.verdicts.judging import Finding, Outcome, Rule

LEEWAY = 300
"""Seconds before the end of a token from which on large SDKs renew it (Azure Identity)."""

_PART = 0.1  # of its life that a token may have left when it is renewed
_SILENCE = 1800  # seconds after which a purchase may be that of a new process
_LATE = 0.8  # of a code's life: it is exchanged soon
_NEAR = 0.25  # real seconds: a later purchase may be a retry after the client's own timeout


def _code_twice(history: History) -> Outcome:
    kept, broken = [], []
    for group in _by_credential(history):
        first = next((each for each in group if each.ok and each.obtained), None)
        if first is None:
            continue
        again = [each for each in group[group.index(first) + 1 :] if not _is_lost(each, group)]
        if again:
            broken.append(
                Finding((first, again[0]), "the token from the first exchange is kept and used")
            )
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
            broken.append(Finding((lost, *again[:2]), expected))
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
        severity = "error" if age >= life else "warning"
        if severity == "warning":
            expected = f"{expected}, and soon: it was {age:.0f} s old"
        broken.append(Finding((first,), expected, "error" if age >= life else "warning"))
    return Outcome(kept, broken)


def _stampede(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        purchases = [each for each in events if each.is_purchase]
        for at, each in enumerate(purchases):
            rival = next((one for one in purchases[at + 1 :] if overlap(each, one)), None)
            if rival is not None:
                expected = "one caller requests a token, and the others wait for it (single flight)"
                broken.append(Finding((each, rival), expected))
                break
            if is_held(each):
                kept.append(each)
    return Outcome(kept, broken)


def is_held(each: Exchange) -> bool:
    """Return True if the answer came late enough for others to come meanwhile."""
    return each.entry.facts.gate is not None or each.entry.response.delay > 0


def overlap(each: Exchange, later: Exchange) -> bool:
    """Return True if the later request came before the earlier one was answered."""
    if later.client == each.client != UNKNOWN:
        return False
    gate = each.entry.facts.gate
    if gate is not None and gate == later.entry.facts.gate:
        return True
    return later.real - each.real < min(each.entry.response.delay, _NEAR)


class _Renewal:
    """The purchases of one account: for each, the token that the client had before."""

    def __init__(self, events: Sequence[Exchange]) -> None:
        self.events = events

    def early(self) -> Iterator[tuple[Exchange, Exchange]]:
        """Yield each purchase that came too early, after the purchase of the older token."""
        for at, each in enumerate(self.events):
            before = self._before(at)
            if each.is_purchase and before is not None and self._is_early(at, before):
                yield before, each

    def _before(self, at: int) -> Exchange | None:
        """Return the last purchase before that gave the client a token that ends."""
        earlier = self.events[:at][::-1]
        return next((each for each in earlier if each.obtained and each.obtained.expires), None)

    def _is_early(self, at: int, before: Exchange) -> bool:
        each, token = self.events[at], before.obtained
        assert token is not None
        if not is_early(token, each.at) or _may_be_unanswered(before, each):
            return False
        if each.at - self.events[at - 1].at >= _SILENCE:
            return False
        between = self.events[self.events.index(before) + 1 : at]
        return all(one.ok for one in between)  # an error before it is another rule's matter


def _may_be_unanswered(before: Exchange, each: Exchange) -> bool:
    """Return True if the earlier answer was held: its client may have given up waiting for it."""
    held = before.entry.facts.gate is not None
    return held or each.real - before.real < before.entry.response.delay


def is_early(token: Token, at: float) -> bool:
    """Return True if a token has too much of its life left for a renewal at a moment."""
    if token.expires is None or token.life is None or at < token.issued:
        return False
    left = token.expires - at
    return left > max(token.life * _PART, min(LEEWAY, token.life / 2))


def is_ahead(events: Sequence[Exchange], at: int) -> bool:
    """Return True for a purchase that replaces a token shortly before its end."""
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
        early = [pair for pair in _Renewal(events).early() if not _by_leeway(pair[0], events)]
        broken += [Finding(pair, _still_valid(pair[0])) for pair in early[:1]]
        if not early:
            kept += _reuses(events)
    return Outcome(kept, broken)


def _still_valid(purchase: Exchange) -> str:
    expires = purchase.obtained.expires if purchase.obtained else None
    return f"the token of the first request is used again: it is valid until {_time(expires)}"


def _leeway_too_long(history: History) -> Outcome:
    kept, broken = [], []
    for events in history.accounts.values():
        early = [pair for pair in _Renewal(events).early() if _by_leeway(pair[0], events)]
        for first, again in early[:1]:
            life = first.obtained.life if first.obtained else None
            expected = f"the token is used until a short time before its end; it lives {life} s"
            broken.append(Finding((first, again), expected))
        if not early:
            short = [each for each in _reuses(events) if _is_short(_token(each, history))]
            kept += short
    return Outcome(kept, broken)


def _token(each: Exchange, history: History) -> Token | None:
    return history.obtained.get(each.used)


def _is_short(token: Token | None) -> bool:
    return token is not None and token.life is not None and token.life <= 3 * LEEWAY


def _by_leeway(purchase: Exchange, events: Sequence[Exchange]) -> bool:
    """Return True if a leeway explains why the token of a purchase was not used again.

    Its life is that of usual leeways, or the client has used another token again when that had
    more time left than this one ever had.
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
            broken.append(Finding((each,), f"the vendor's unit: {wrong}"))
        elif wrong is not None:
            kept.append(each)
    return Outcome(kept, broken)


def _time(seconds: float | None) -> str:
    return "ever" if seconds is None else iso(datetime.fromtimestamp(int(seconds), UTC))


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
