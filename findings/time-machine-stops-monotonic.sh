#!/usr/bin/env bash
# time-machine 2 stops `time.monotonic`, so that a wait with a timeout in another thread does not end.
#
# Versions: time-machine 2.19.0 and 3.0.0, Python 3.11.
# Expected: `travel(..., tick=False)` stops the wall clock. `Condition.wait_for(..., timeout=0.2)` in a thread
#   that runs meanwhile returns after 0.2 s, since `time.monotonic` is documented not to be affected by updates
#   of the system clock.
# Behavior: version 2.19.0 stops `time.monotonic` too. `wait_for` computes the remaining time with it and waits
#   again and again while the time stands still. Version 3.0.0 leaves `time.monotonic` alone.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/wait.py" <<'PYTHON'
import importlib.metadata
import subprocess
import threading

import time_machine

done = threading.Event()


def wait():
    condition = threading.Condition()
    with condition:
        condition.wait_for(lambda: False, timeout=0.2)
    done.set()


with time_machine.travel("2026-01-01T00:00:00Z", tick=False):
    threading.Thread(target=wait, daemon=True).start()
    subprocess.run(["sleep", "5"], check=True)  # real time, ten times what is needed
    ended = done.is_set()
print(importlib.metadata.version("time-machine"), "ended" if ended else "still waits")
PYTHON
for version in 2.19.0 3.0.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install -q "time-machine==$version" 2> /dev/null
    timeout 60 "$folder/$version/bin/python" "$folder/wait.py"
done | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
2.19.0 still waits
3.0.0 ended
SEEN
