"""The end of a server: quick, and with nothing left open."""

import asyncio
from contextlib import suppress

from mockserver.server.server_state import Service

_GRACE = 0.5
"""Seconds for clients to take what is written, and for calls in threads to return in time."""


async def end(service: Service) -> None:
    """End all connections: delayed answers are sent at once, those in threads if they come soon.

    Who waits for other requests is told that they did not come. Waits for every call in a thread.
    """
    service.ending = True
    service.hurry()
    for connection in tuple(service.connections):
        connection.end()
    await _all_left(service)
    service.close()
    for connection in tuple(service.connections):
        connection.abort()
    await _all_left(service)
    service.join()


async def _all_left(service: Service) -> None:
    if service.connections:
        with suppress(TimeoutError):
            await asyncio.wait_for(service.empty.wait(), _GRACE)
