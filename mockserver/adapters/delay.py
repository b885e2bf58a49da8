"""How long an answer takes, in real seconds, for a client that does not wait for ever."""

from time import sleep  # the function itself: whoever replaces `time.sleep` means other code


def wait(delay: float, limit: float | None) -> None:
    """Sleep for `delay` seconds. Raises TimeoutError after `limit` seconds if that is less."""
    seconds = patience(delay, limit)
    if seconds > 0:
        sleep(seconds)
    if seconds < delay:
        raise TimeoutError("timed out")


def patience(delay: float, limit: float | None) -> float:
    """The seconds that a client waits for an answer; `limit` None: as long as it takes."""
    return delay if limit is None else min(delay, limit)
