"""Delays of answers, in real seconds, limited by the client's own timeout."""

# Bound at import, so that a library that replaces `time.sleep` (freezegun, time-machine) cannot
# stop or shorten an ordered delay.
from time import sleep


def wait(delay: float, limit: float | None) -> None:
    """Sleep for `delay` seconds.

    Raises:
        TimeoutError: After `limit` seconds, if that is less than `delay`.
    """
    seconds = limited(delay, limit)
    if seconds > 0:
        sleep(seconds)
    if seconds < delay:
        raise TimeoutError("timed out")


def limited(delay: float, limit: float | None) -> float:
    """Return the seconds that a client waits for an answer; `limit` None means no timeout."""
    return delay if limit is None else min(delay, limit)
