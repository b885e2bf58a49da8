"""SQLite's write-ahead log: it is switched on, and copied into the file in a thread.

A transaction is committed as soon as it is in the log. Now and then the log has to be copied into
the file (a checkpoint), and both have to reach the disk first. SQLite would do this within the
commit that makes the log long, and all requests of that transaction would wait for the disk.
"""

import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path
from time import sleep

from mockserver.model.clock import real_seconds

LONGEST_LOG = "PRAGMA wal_autocheckpoint = 4000"
"""The number of pages after which a commit has to copy the log itself.

The thread copies the log while transactions go on, so that some are left when it has ended. Only a
log without any can be begun anew.
"""

_COMMITS = 50  # after which the log is copied; a commit of 16 requests has about 16 pages
_BUSY_PAUSE = 0.01  # seconds


class Checkpoints:
    """Copies the log of a file into the file, one thread at a time.

    A checkpoint that fails changes nothing: the log is kept, and the next one copies it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
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
        with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as connection:
            # "PASSIVE" waits for nobody, and nobody waits for it.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def use_write_ahead_log(connection: sqlite3.Connection, timeout: float) -> None:
    """Switch the log on; wait up to `timeout` seconds for others that do the same."""
    # While another connection switches the same new file, SQLite answers "locked" at once and does
    # not wait for its own timeout.
    until = real_seconds() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or real_seconds() >= until:
                raise
            sleep(_BUSY_PAUSE)
        else:
            return
