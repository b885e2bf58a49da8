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
    for connection in tuple(service.connections):
        connection.abort()
    service.pool.shutdown(cancel_futures=True)
    await _all_left(service)


async def _settle() -> None:
    """Let connections that were accepted, but not made, be made: they see that it is the end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=_GRACE)
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def _all_left(service: Service) -> None:
    if service.connections:
        with suppress(TimeoutError):
            await asyncio.wait_for(service.empty.wait(), _GRACE)
