"""Answers that leave together."""

import asyncio

_ANSWERS = 64  # that wait for one another; more would keep the first of them too long
_BYTES = 64 << 10  # of them: a large answer does not wait, and shows whether its client takes it


class WriteBatch:
    """Has what is to be written in one turn of the loop written at the end of it, in order; at
    once when it is much.

    A client with nothing to do sleeps. To wake it can take longer than to answer it, and so it is
    woken for all answers of a turn at once.
    """

    __slots__ = ("_bytes", "_loop", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[tuple[asyncio.Transport, bytes]] = []
        self._bytes = 0

    def put(self, transport: asyncio.Transport, data: bytes) -> None:
        """Have `data` written soon."""
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append((transport, data))
        self._bytes += len(data)
        if len(self._waiting) >= _ANSWERS or self._bytes > _BYTES:
            self.flush()

    def flush(self) -> None:
        """Write all of it now."""
        if self._waiting:
            waiting, self._waiting, self._bytes = self._waiting, [], 0
            for transport, data in waiting:
                if not transport.is_closing():
                    transport.write(memoryview(data))  # asyncio's TLS copies bytes again and again
