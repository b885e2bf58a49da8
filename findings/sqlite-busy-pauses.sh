#!/usr/bin/env bash
# SQLite: a connection that waits for a lock gets it up to 0.1 s after it was released.
#
# Version: SQLite 3.50.4 (in apsw 3.50.4.0), Python 3.11.
# Expected: with a busy timeout, a waiting writer continues when the other transaction ends; the documentation of
#   sqlite3_busy_timeout says that it "sleeps multiple times", and not for how long.
# Behavior: the pauses are 1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50 and then 100 ms. A lock that is held for 0.24 s is
#   obtained after 0.33 s: 0.09 s later than it was free. Writers that are not paused can take the lock meanwhile. A
#   short pause of one's own, with a busy handler, does not have this delay.
# Seen: the two lines that this script prints: the smallest delay of five attempts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/wait.py" <<'PYTHON'
import sys
import threading
import time

import apsw


def delay(prepare):
    holder, waiter = apsw.Connection(sys.argv[1]), apsw.Connection(sys.argv[1])
    prepare(waiter)
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(0.24, lambda: (holder.execute("ROLLBACK"), released.append(time.monotonic()))).start()
    released = []
    waiter.execute("BEGIN IMMEDIATE")
    obtained = time.monotonic()
    waiter.execute("ROLLBACK")
    while not released:
        time.sleep(0.001)
    return obtained - released[0]


def pause(_):
    time.sleep(0.001)
    return True


for name, prepare in (
    ("busy timeout", lambda connection: connection.set_busy_timeout(5000)),
    ("busy handler", lambda connection: connection.set_busy_handler(pause)),
):
    smallest = min(delay(prepare) for _ in range(5))
    print(name, "0.05 s or more" if smallest >= 0.05 else "less than 0.05 s")
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q apsw==3.50.4.0
"$folder/venv/bin/python" "$folder/wait.py" "$folder/file" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
busy timeout 0.05 s or more
busy handler less than 0.05 s
SEEN
