#!/usr/bin/env bash
# SQLite: the switch to write-ahead logging does not wait for another connection that writes.
#
# Version: SQLite 3.50.4 (in apsw 3.50.4.0), Python 3.11.
# Expected: while another connection holds the write lock, `PRAGMA journal_mode=WAL` calls the busy
#   handler as `BEGIN IMMEDIATE` does, so that a busy timeout makes it wait.
# Behavior: it fails with "database is locked" at once, and the busy handler is never called. Processes
#   that open a new file at the same moment need a lock or a loop of their own around the switch.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/switch.py" <<'PYTHON'
import sys

import apsw

first, second = apsw.Connection(sys.argv[1]), apsw.Connection(sys.argv[1])
first.execute("CREATE TABLE t (x)")
first.execute("BEGIN IMMEDIATE")
for statement in ("BEGIN IMMEDIATE", "PRAGMA journal_mode=WAL"):
    calls = []

    def busy(attempt):
        calls.append(attempt)
        return attempt < 3

    second.set_busy_handler(busy)
    try:
        second.execute(statement).fetchall()
    except apsw.BusyError as error:
        print(f"{statement}: {error}, {len(calls)} calls of the busy handler")
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q apsw==3.50.4.0
"$folder/venv/bin/python" "$folder/switch.py" "$folder/file" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
BEGIN IMMEDIATE: database is locked, 4 calls of the busy handler
PRAGMA journal_mode=WAL: database is locked, 0 calls of the busy handler
SEEN
