"""The locks and the write-ahead log that connections to one SQLite file share.

A transaction is committed as soon as it is in the log. Now and then the log has to be copied into
the file (a checkpoint), which waits for the disk. SQLite would do this within the commit that makes
the log long, and all requests of that transaction would wait.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import sleep
from typing import TypeVar

from mockserver.model.clock import real_seconds

LONGEST_LOG = "PRAGMA wal_autocheckpoint = 4000"
"""The number of pages after which a commit copies the log itself, if the thread could not."""

# Commits after which the log is copied. One transaction then waits for the second checkpoint: less
# than one in a hundred. A commit of 16 requests has about 16 pages.
_COMMITS = 150
_CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"  # waits for no lock, and blocks no transaction
_PATIENCE = 1.0  # seconds; a caller of `wait` may hold the lock
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

    def count_commit(self) -> None:
        """Begin to copy the log if there were enough commits since the last time."""
        self._commits += 1
        if self._commits < _COMMITS or (self._thread is not None and self._thread.is_alive()):
            return
        self._commits = 0
        self._thread = threading.Thread(target=self._copy, name="checkpoint", daemon=True)
        with suppress(RuntimeError):  # no thread can be started; the interpreter is about to end
            self._thread.start()

    def wait(self) -> None:
        """Wait for the thread: it has the file open, which must not be carried across a fork."""
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def _copy(self) -> None:
        # "rw": a file that was removed is not created.
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(address, timeout=0, uri=True)) as connection,
        ):
            connection.execute(_CHECKPOINT).fetchall()
            # SQLite begins the log anew only if it was copied to its end. The second checkpoint is
            # short: it copies what was committed during the first one.
            if self._lock.acquire(timeout=_PATIENCE):
                try:
                    connection.execute(_CHECKPOINT).fetchall()
                finally:
                    self._lock.release()


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
