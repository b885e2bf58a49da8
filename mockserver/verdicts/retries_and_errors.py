"""Rules on retries: after temporary errors, after refusals, after errors with odd bodies."""

from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import pairwise

from mockserver.verdicts.exchanges import (
    Exchange,
    History,
    Outcome,
    Rule,
    Violation,
    is_after_401,
)

_AT_ONCE = 0.05  # seconds: a client that waits at all waits longer
_MOST_ATTEMPTS = 3
_TOLERANCE = 0.05  # seconds: timers end a little early
_DATE_TOLERANCE = 1.0  # seconds: a date has no fraction
_ONE_CALL = 60.0  # seconds: a later repetition belongs to another call
_ANOTHER_TRY = 30.0  # seconds after which a refused request may be tried again


def _chains(history: History) -> list[list[Exchange]]:
    """Return each request with a temporary error, followed by its repetitions."""
    chains: list[list[Exchange]] = []
    open_: dict[object, list[Exchange]] = {}
    for each in history.exchanges:
        chain = open_.pop(each.likeness, None)
        if chain is not None and _continues(chain[-1], each, history):
            chain.append(each)
        elif each.may_pass:
            chain = [each]
            chains.append(chain)
        else:
            continue
        if each.may_pass:
            open_[each.likeness] = chain
    return chains


def _continues(failed: Exchange, each: Exchange, history: History) -> bool:
    """Return True if a request is the repetition of one that failed, by the same caller."""
    if _waited(failed, each) > _ONE_CALL + (_retry_after(failed) or 0):
        return False
    return history.may_repeat(failed, each)


def _waited(failed: Exchange, each: Exchange) -> float:
    """Return the seconds between an answer and a request, by whichever clock has more."""
    real = each.real - failed.real - failed.entry.response.delay
    return max(real, each.at - failed.at)


def _retry_after(each: Exchange) -> float | None:
    """Return the seconds that the header Retry-After of an error requires, or None."""
    value = each.headers.get("retry-after") if each.status >= 400 else None
    if value is None:
        return None
    if _is_seconds(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - each.at)


def _is_seconds(value: str) -> bool:
    return value.isascii() and value.strip().isdigit()


def _retry_after_ignored(history: History) -> Outcome:
    limited = [each for each in history.exchanges if _retry_after(each)]
    broken = []
    for chain in _chains(history):
        for failed, each in pairwise(chain):
            required = _retry_after(failed)
            value = failed.headers.get("retry-after") or ""
            tolerance = _TOLERANCE if _is_seconds(value) else _DATE_TOLERANCE
            if required and _waited(failed, each) + tolerance < required:
                expected = f"the client waits {required:.0f} s, as Retry-After says"
                broken.append(Violation((failed, each), expected))
                break
    return Outcome(limited, broken)


def _retry_at_once(history: History) -> Outcome:
    kept, broken = [], []
    for chain in _chains(history):
        hasty = next((at for at in range(1, len(chain)) if _is_hasty(chain, at)), None)
        if hasty is not None:
            expected = "each retry waits, and longer than the one before (with jitter)"
            broken.append(Violation(tuple(chain[max(0, hasty - 2) : hasty + 1]), expected))
        elif len(chain) > 1:
            kept.append(chain[-1])
    return Outcome(kept, broken)


def _is_hasty(chain: Sequence[Exchange], at: int) -> bool:
    """Return True for a retry without a pause.

    The first retry after a 5xx or a lost reply may come at once, as urllib3 sends it.
    """
    failed = chain[at - 1]
    if _is_one_time(failed) or _retry_after(failed) is not None:
        return False
    is_first = at == 1 and failed.status != 429
    return not is_first and _waited(failed, chain[at]) < _AT_ONCE


def _is_one_time(each: Exchange) -> bool:
    return each.is_purchase and each.usage is not None and each.usage.single_use


def _retry_storm(history: History) -> Outcome:
    kept, broken = [], []
    for chain in _chains(history):
        if len(chain) > _MOST_ATTEMPTS and not _is_one_time(chain[0]):
            expected = f"after {_MOST_ATTEMPTS} attempts the call fails"
            broken.append(
                Violation(tuple(chain[_MOST_ATTEMPTS - 1 : _MOST_ATTEMPTS + 1]), expected)
            )
        elif len(chain) > 1:
            kept.append(chain[-1])
    return Outcome(kept, broken)


def _refused_repeated(history: History) -> Outcome:
    kept, broken = [], []
    refused: dict[object, Exchange] = {}
    for each in history.purchases:
        if _is_one_time(each) and _may_be_used(history, each):
            continue  # another rule judges what follows a success or a lost reply
        key = (each.likeness, each.request.body)
        before = refused.get(key)
        if before is not None and _is_repeated(before, each) and history.may_repeat(before, each):
            expected = "the same request gets the same answer: the call fails at once"
            broken.append(Violation((before, each), expected))
        if each.status in (400, 401):
            refused[key] = each
            kept.append(each)
    return Outcome(kept, broken)


def _may_be_used(history: History, each: Exchange) -> bool:
    """Return True if the code was exchanged before, or a response to its exchange was lost."""
    at = history.purchases.index(each)
    same = [one for one in history.purchases[:at] if one.credential == each.credential]
    return any(one.ok or one.status == 0 for one in same)


def _is_repeated(before: Exchange, each: Exchange) -> bool:
    """Return True if nothing was corrected; after a 400, another header may be the correction."""
    if _waited(before, each) >= _ANOTHER_TRY:
        return False
    return before.status == 401 or before.request.headers.pairs == each.request.headers.pairs


def _odd_error_body(history: History) -> Outcome:
    kept, broken = [], []
    for at, each in enumerate(history.exchanges):
        if not each.has_odd_body or not (each.is_purchase or each.used):
            continue
        rest = history.exchanges[at + 1 :]
        if any(one.account == each.account for one in rest):
            kept.append(each)
        elif _must_go_on(history, each, at):
            expected = "the status decides what follows, whatever the body is"
            broken.append(Violation((each,), expected))
    return Outcome(kept, broken)


def _must_go_on(history: History, each: Exchange, at: int) -> bool:
    """Return True if a client that reads the status must send another request.

    After a 401 the client renews the token, unless it has just done so. After a failed renewal it
    uses the old token.
    """
    if each.usage is None or each.usage.single_use:
        return False
    earlier = [one for one in history.exchanges[:at] if one.account == each.account]
    obtained = next((one.obtained for one in earlier[::-1] if one.obtained), None)
    if obtained is None:
        return False
    if each.used:
        return each.status == 401 and not _was_obtained_after_401(each, earlier)
    return earlier[-1].ok and (obtained.expires is None or each.at < obtained.expires)


def _was_obtained_after_401(use: Exchange, earlier: Sequence[Exchange]) -> bool:
    obtained = (
        at for at, one in enumerate(earlier) if one.obtained and one.obtained.id == use.used
    )
    return is_after_401(earlier, next(obtained, 0))


RULES = (
    Rule(
        "retry-after-ignored",
        "error",
        "A client waits as long as Retry-After says, in seconds or until a date.",
        "RFC 9110, 10.2.3; MSAL: client and server throttling",
        _retry_after_ignored,
    ),
    Rule(
        "retry-at-once",
        "error",
        "Retries wait: none after a 429, and none but the first after a 5xx, comes at once.",
        "RFC 9110, 9.2.2; AWS SDKs: retry behavior; Google auth: exponential backoff",
        _retry_at_once,
    ),
    Rule(
        "retry-storm",
        "warning",
        "A request that fails is sent three times at most.",
        "AWS SDKs: retry behavior (standard mode) and Google auth: three attempts",
        _retry_storm,
    ),
    Rule(
        "refused-request-repeated",
        "error",
        "A purchase that was refused with 400 or 401 is not sent again unchanged.",
        "RFC 6749, 5.2; RFC 9110, 15.5.1 and 15.5.2",
        _refused_repeated,
    ),
    Rule(
        "odd-error-body",
        "warning",
        "An error with an HTML, empty or cut-off body does not stop the client.",
        "RFC 9110, 15: a client understands the class of a status code",
        _odd_error_body,
    ),
)
"""The rules of this module."""
