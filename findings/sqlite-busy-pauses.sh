#!/usr/bin/env bash
# SQLite: a connection that waits for a lock tries again after growing pauses, at last every 0.1 s.
#
# Version: SQLite 3.50.4 (in apsw 3.50.4.0), Python 3.11.
# Expected: with a busy timeout, a waiting writer continues soon after the other transaction ends. The documentation of
#   sqlite3_busy_timeout says that the handler "will sleep multiple times", and not for how long each time.
# Behavior: the pauses grow to 100 ms within 0.33 s and stay there. A transaction that waits for one of 1 ms can
#   therefore take 100 ms longer, and writers that do not pause take the lock meanwhile.
# Seen: the line that this script prints: the pauses in milliseconds during a timeout of one second.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/wait.py" <<'PYTHON'
import sys

import apsw


class RecordedSleep(apsw.VFS):
    """Record the pauses that SQLite asks for, and return at once."""

    def __init__(self):
        super().__init__("recorded", "")

    def xSleep(self, microseconds):
        pauses.append(microseconds // 1000)
        return microseconds


pauses = []
vfs = RecordedSleep()
holder, waiter = (apsw.Connection(sys.argv[1], vfs="recorded") for _ in range(2))
holder.execute("BEGIN IMMEDIATE")
waiter.set_busy_timeout(1000)
try:
    waiter.execute("BEGIN IMMEDIATE")
except apsw.BusyError:
    print(*pauses)
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q apsw==3.50.4.0
"$folder/venv/bin/python" "$folder/wait.py" "$folder/file" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
1 2 5 10 15 20 25 25 25 50 50 100 100 100 100 100 100 100 72
SEEN
