"""A delay that lets others have their turn."""

from threading import Event

from anyio import CapacityLimiter, to_thread


async def pause(seconds: float) -> None:
    """Wait for so many real seconds, or until cancelled.

    A thread waits, not the loop: under a frozen clock the loop's timers never end.
    """
    if seconds <= 0:
        return
    over = Event()
    alone = CapacityLimiter(1)  # one's own, so that no delay waits for the end of another
    try:
        await to_thread.run_sync(over.wait, seconds, abandon_on_cancel=True, limiter=alone)
    finally:
        over.set()
