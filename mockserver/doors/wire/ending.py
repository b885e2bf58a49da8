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
    await _settle()
    await _all_left(service)
    service.pool.shutdown(wait=False, cancel_futures=True)  # calls that have not begun
    for connection in tuple(service.connections):
        connection.abort()
    await _all_left(service)
    service.pool.shutdown()


async def _settle() -> None:
    """End handshakes, and let connections that were accepted be made, and see that it is over."""
    await asyncio.sleep(0)  # a task that has not begun could not close its socket
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others)
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def _all_left(service: Service) -> None:
    if service.connections:
        with suppress(TimeoutError):
            await asyncio.wait_for(service.empty.wait(), _GRACE)
