"""Several processes that answer at one socket, and the parent that keeps up their number."""

import logging
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from types import FrameType

from mockserver.model.errors import ConfigurationError, MockServerError
from mockserver.server.worker_slot import WorkerSlot, ending

Work = Callable[[Callable[[], object], int], object]
"""What a worker does: says when it is ready, and ends in good order when the pipe ends."""

_log = logging.getLogger("mockserver")
_ENDS = (signal.SIGINT, signal.SIGTERM)


class Workers:
    """`count` processes, each of which does `work` at `listener`; one that dies is replaced.

    They are forks of this process, and share `listener` with it. The pipe that they are given
    ends when they shall end, and when this process is gone, however it went: none is left over.
    Raises ConfigurationError where the system cannot fork.
    """

    def __init__(self, work: Work, count: int, listener: socket.socket) -> None:
        if not hasattr(os, "fork"):
            raise ConfigurationError("on this system there cannot be several workers")
        self._process = multiprocessing.get_context("fork").Process
        self._work = work
        self._listener = listener
        self._lifeline, self._held = os.pipe()
        self._say: Callable[[str | None], object] = _complain
        self._places = [WorkerSlot(self._start) for _ in range(count)]
        self._told: signal.Signals | None = None

    def run(self, ready: Callable[[], object]) -> signal.Signals:
        """Keep them until SIGINT or SIGTERM; says which of them, once they have ended.

        `ready` is called once the first of them is. A second signal kills them, and ends this
        process. Raises ConfigurationError, with the text of its error, if the first one cannot
        begin, MockServerError if it dies: so would the others. Use it once: `listener` is closed
        at the end.
        """
        with self._signals() as woken:
            try:
                self._begin(woken)
                if self._told is None:
                    ready()
                while self._told is None:
                    pauses = [place.keep() for place in self._places]
                    soonest = min((each for each in pauses if each is not None), default=None)
                    connection.wait([woken, *self._sentinels()], soonest)
            finally:
                self._end()
        return self._told

    def _begin(self, woken: int) -> None:
        """One worker goes before the others: what is wrong with all of them is said once."""
        reader, writer = connection.Pipe(duplex=False)
        with reader, writer:
            self._say = writer.send
            first = self._places[0].fill()
            connection.wait([woken, reader, *self._sentinels()])
            self._say = _complain
            if reader.poll():
                error = reader.recv()
                if error:
                    raise ConfigurationError(error)
            elif self._told is None:
                raise MockServerError(f"the first worker {ending(first)}")

    def _start(self) -> BaseProcess:
        process = self._process(target=self._run)
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)  # until the child handles them itself
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
        return process

    def _run(self) -> None:
        """In the child."""
        signal.set_wakeup_fd(-1)
        for number in _ENDS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
        os.close(self._held)  # or the pipe would not end with the parent
        try:
            self._work(partial(self._say, None), self._lifeline)
        except MockServerError as error:
            self._say(str(error))
            sys.exit(2)

    def _sentinels(self) -> list[int]:
        return [place.process.sentinel for place in self._places if place.process]

    def _end(self) -> None:
        self._listener.close()
        os.close(self._held)
        for place in self._places:
            if place.process:
                place.process.join()
                place.process.close()
        os.close(self._lifeline)

    @contextmanager
    def _signals(self) -> Iterator[int]:
        """Note the signal that ends us; what is given can be read once there is one."""

        def tell(number: int, _frame: FrameType | None) -> None:
            if self._told is not None:
                self._kill(number)
            self._told = signal.Signals(number)

        reader, writer = socket.socketpair()
        with reader, writer:
            writer.setblocking(False)
            woken = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
            before = {number: signal.signal(number, tell) for number in _ENDS}
            try:
                yield reader.fileno()
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)
                signal.set_wakeup_fd(woken)

    def _kill(self, number: int) -> None:
        for place in self._places:
            if place.process:
                place.process.kill()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)


def _complain(error: str | None) -> None:
    if error:
        _log.error("a worker cannot begin: %s", error)
