"""The end of a server: quick, and with nothing left open."""

import asyncio
from contextlib import suppress

from mockserver.doors.wire.service import Service

_GRACE = 0.5
"""Seconds for clients to take what is written, and for calls in threads to return in time."""


async def end(service: Service) -> None:
    """End all connections: delayed answers are sent at once, those in threads if they come soon.

    Waits for every call in a thread, however long it takes: a thread cannot be ended.
    """
    service.ending = True
    for connection in tuple(service.connections):
        connection.end()
    await _all_left(service)
    service.pool.shutdown(wait=False, cancel_futures=True)  # calls that have not begun
    for connection in tuple(service.connections):
        connection.abort()
    await _all_left(service)
    service.pool.shutdown()


async def _all_left(service: Service) -> None:
    if service.connections:
        with suppress(TimeoutError):
            await asyncio.wait_for(service.empty.wait(), _GRACE)
