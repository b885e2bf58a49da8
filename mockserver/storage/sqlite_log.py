"""The locks and the write-ahead log that connections to one SQLite file share.

A transaction is committed as soon as it is in the log. Now and then the log has to be copied into
the file (a checkpoint), which waits for the disk. SQLite would do this within the commit that makes
the log long, and all requests of that transaction would wait.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from time import sleep
from typing import TypeVar

from mockserver.model.clock import real_seconds

LONGEST_LOG = "PRAGMA wal_autocheckpoint = 4000"
"""The number of pages after which a commit copies the log itself, if the thread could not."""

# Commits after which the log is copied. A transaction may have to wait for the second checkpoint:
# one of this many. A commit of 16 requests has about 16 pages.
_COMMITS = 150
_CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"  # waits for no lock, and blocks no transaction
_POLL = 0.01  # seconds after which a thread that waits for the lock looks if it has to end
_BUSY_PAUSE = 0.001  # seconds

T = TypeVar("T")


class Checkpoints:
    """Copies the log of a file into the file, one thread at a time.

    A checkpoint that fails changes nothing: the log is kept, and the next one copies it.

    Args:
        path: The file.
        lock: Held by this process while it reads or writes the file.
    """

    def __init__(self, path: Path, lock: threading.RLock) -> None:
        self._path = path
        self._lock = lock
        self._commits = 0
        self._thread: threading.Thread | None = None
        self._hurried = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=partial(_wait_before_fork, weakref.ref(self)))

    def count_commit(self) -> None:
        """Begin to copy the log if there were enough commits since the last time."""
        self._commits += 1
        if self._commits < _COMMITS or (self._thread is not None and self._thread.is_alive()):
            return
        self._commits, self._hurried = 0, False
        thread = threading.Thread(target=self._copy, name="checkpoint", daemon=True)
        with suppress(RuntimeError):  # no thread can be started; the interpreter is about to end
            thread.start()
            self._thread = thread

    def wait(self) -> None:
        """Return when the thread has ended: it has the file open, which must not be forked.

        The caller may hold the lock. No thread begins while it does.
        """
        if self._thread is not None:
            self._hurried = True
            self._thread.join()

    def _copy(self) -> None:
        # OSError: the working directory was removed.
        with suppress(sqlite3.Error, OSError), closing(self._connect()) as connection:
            connection.execute(_CHECKPOINT).fetchall()
            # SQLite begins the log anew only if it was copied to its end. The second checkpoint is
            # short: it copies what was committed during the first one.
            while not self._hurried:
                if self._lock.acquire(timeout=_POLL):
                    try:
                        connection.execute(_CHECKPOINT).fetchall()
                    finally:
                        self._lock.release()
                    break

    def _connect(self) -> sqlite3.Connection:
        # "rw": a file that was removed is not created.
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(address, timeout=0, uri=True)


def _wait_before_fork(reference: weakref.ref[Checkpoints]) -> None:
    """Let the thread end: a child would copy the locks that it holds, and nobody releases them."""
    checkpoints = reference()
    if checkpoints is not None:
        checkpoints.wait()


def patiently(action: Callable[[], T], timeout: float) -> T:
    """Return the result of `action`; repeat it for `timeout` seconds while the file is locked.

    SQLite's own timeout pauses for up to 100 ms. Of two busy processes, one could get the lock many
    times meanwhile. That timeout also does not apply while another connection switches a new file
    to the log.
    """
    until = real_seconds() + timeout
    while True:
        try:
            return action()
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or real_seconds() >= until:
                raise
            sleep(_BUSY_PAUSE)
