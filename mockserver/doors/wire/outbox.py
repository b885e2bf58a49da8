"""Answers that leave together."""

import asyncio


class Outbox:
    """Has what is to be written in one turn of the loop written at the end of it, in order.

    A client with nothing to do sleeps. To wake it can take longer than to answer it, and so it is
    woken for all answers of a turn at once.
    """

    __slots__ = ("_loop", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[tuple[asyncio.Transport, bytes]] = []

    def put(self, transport: asyncio.Transport, data: bytes) -> None:
        """Have `data` written soon."""
        if not self._waiting:
            self._loop.call_soon(self.empty)
        self._waiting.append((transport, data))

    def empty(self) -> None:
        """Write all of it now."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for transport, data in waiting:
                if not transport.is_closing():
                    transport.write(memoryview(data))  # asyncio's TLS copies bytes again and again
