"""Several processes that answer at one socket, and their parent, which replaces dead ones."""

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

from mockserver.model.clock import real_seconds
from mockserver.model.errors import ConfigurationError, MockServerError
from mockserver.server.event_loop import end_signals

Work = Callable[[Callable[[], object], int], object]
"""The work of a process: call the function once it is ready, and return when the pipe, given by
its descriptor, ends."""

GRACE = 5.0
"""Seconds that workers have to end after the signal; then they are killed."""

STEADY = 10.0
"""Seconds after which the death of a worker counts as an accident: it is replaced at once."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds until a worker that died sooner is replaced; the pause doubles each time."""

_log = logging.getLogger("mockserver")


class WorkerSlot:
    """A slot that holds one worker process after another.

    Args:
        start: Start a process.
        now: Return real seconds.
    """

    def __init__(
        self, start: Callable[[], BaseProcess], now: Callable[[], float] = real_seconds
    ) -> None:
        self.process: BaseProcess | None = None
        self._start = start
        self._now = now
        self._since = 0.0
        self._due = now()
        self._pause = FIRST_PAUSE

    def keep(self) -> float | None:
        """Replace a dead worker if it is time. Return the seconds until then, None if one runs."""
        if self.process is not None and self.process.exitcode is not None:
            self._clear(self.process)
        if self.process is not None:
            return None
        early = self._due - self._now()
        if early <= 0:
            self.fill()
            return None
        return early

    def fill(self) -> BaseProcess:
        """Start a worker now."""
        self._since = self._now()
        self.process = self._start()
        return self.process

    def end(self, seconds: float) -> None:
        """Wait at most so many seconds for the worker to end, then kill it."""
        process = self.process
        if process is None:
            return
        process.join(max(0, seconds))
        if process.exitcode is None:
            _log.warning("worker %s does not end and is killed", process.pid)
            process.kill()
            process.join()
        # Before it is closed: a second signal, which kills all workers, may come in between.
        self.process = None
        process.close()

    def _clear(self, process: BaseProcess) -> None:
        pause = self._pause_after(self._now() - self._since)
        _log.warning("worker %s %s; another starts in %g s", process.pid, ending(process), pause)
        self.process, self._due = None, self._now() + pause
        process.close()

    def _pause_after(self, lived: float) -> float:
        if lived >= STEADY:
            self._pause = FIRST_PAUSE
            return 0.0
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return pause


def ending(process: BaseProcess) -> str:
    """Return how a process ended, in words; wait for its end."""
    process.join()
    code = process.exitcode or 0
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return f"ended {how}"


class Workers:
    """`count` forks of this process that do `work` at `listener`; one that dies is replaced.

    The pipe that they are given ends when they have to end, and when this process is gone for
    any reason, so that none is left over.

    Args:
        work: The work of one process.
        count: How many processes.
        listener: The listening socket, which they share.
        grace: Seconds that they have to end after the signal; then they are killed.

    Raises:
        ConfigurationError: If the system cannot fork.
    """

    def __init__(
        self, work: Work, count: int, listener: socket.socket, grace: float = GRACE
    ) -> None:
        if not hasattr(os, "fork"):
            raise ConfigurationError(
                "--workers needs os.fork, which this system does not have: use --workers 1"
            )
        self._process = multiprocessing.get_context("fork").Process
        self._work = work
        self._listener = listener
        self._grace = grace
        self._ends = end_signals()
        self._lifeline, self._held = os.pipe()
        self._report: Callable[[str | None], object] = _log_error
        self._slots = [WorkerSlot(self._start) for _ in range(count)]
        self._ended_by: signal.Signals | None = None

    def run(self, ready: Callable[[], object]) -> signal.Signals:
        """Keep the workers running until a signal; return it once they have ended.

        The signals are SIGINT, SIGTERM and SIGHUP. Workers that have not ended `grace` seconds
        later are killed. A second signal kills them at once and ends this process. Use it once:
        `listener` is closed at the end.

        Args:
            ready: Called once the first worker is ready.

        Raises:
            ConfigurationError: If the first worker cannot start, with the text of its error.
            MockServerError: If the first worker dies.
        """
        with self._signals() as woken:
            try:
                self._begin(woken)
                if self._ended_by is None:
                    ready()
                while self._ended_by is None:
                    pauses = [slot.keep() for slot in self._slots]
                    soonest = min((each for each in pauses if each is not None), default=None)
                    connection.wait([woken, *self._sentinels()], soonest)
            finally:
                self._end()
        return self._ended_by

    def _begin(self, woken: int) -> None:
        """Start one worker before the others, so that an error of all of them is reported once."""
        reader, writer = connection.Pipe(duplex=False)
        with reader, writer:
            self._report = writer.send
            first = self._slots[0].fill()
            connection.wait([woken, reader, *self._sentinels()])
            self._report = _log_error
            if reader.poll():
                error = reader.recv()
                if error:
                    raise ConfigurationError(error)
            elif self._ended_by is None:
                raise MockServerError(f"the first worker {ending(first)}")

    def _start(self) -> BaseProcess:
        process = self._process(target=self._run)
        signal.pthread_sigmask(signal.SIG_BLOCK, self._ends)  # until the child has its own handlers
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, self._ends)
        return process

    def _run(self) -> None:
        """Do the work, in the child."""
        signal.set_wakeup_fd(-1)
        for number in self._ends:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self._ends)
        os.close(self._held)  # open in a child, it would keep the pipe from ending
        try:
            self._work(partial(self._report, None), self._lifeline)
        except MockServerError as error:
            self._report(str(error))
            sys.exit(2)

    def _sentinels(self) -> list[int]:
        return [slot.process.sentinel for slot in self._slots if slot.process]

    def _end(self) -> None:
        self._listener.close()
        os.close(self._held)
        deadline = real_seconds() + self._grace
        for slot in self._slots:
            slot.end(deadline - real_seconds())
        os.close(self._lifeline)

    @contextmanager
    def _signals(self) -> Iterator[int]:
        """Record the signal that ends us; the descriptor becomes readable with it."""

        def handle(number: int, _frame: FrameType | None) -> None:
            if self._ended_by is not None:
                self._kill(number)
            self._ended_by = signal.Signals(number)

        reader, writer = socket.socketpair()
        with reader, writer:
            writer.setblocking(False)
            woken = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
            before = {number: signal.signal(number, handle) for number in self._ends}
            try:
                yield reader.fileno()
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)
                signal.set_wakeup_fd(woken)

    def _kill(self, number: int) -> None:
        for slot in self._slots:
            if slot.process:
                slot.process.kill()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)


def _log_error(error: str | None) -> None:
    if error:
        _log.error("a worker cannot start: %s", error)
