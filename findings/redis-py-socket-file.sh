#!/usr/bin/env bash
# redis-py 8.0.0 cannot connect to a socket file.
#
# Versions: redis 8.0.0 and 8.0.1, Python 3.11, redis-server 7.0 (from PATH).
# Expected: `redis.Redis.from_url("unix:///path")` connects, as it does with redis-py 7.4.
# Behavior: With 8.0.0 the first command raises ValueError, because maintenance notifications need a host. 8.0.1 connects.
# Seen: the lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
redis-server --port 0 --unixsocket "$folder/redis.sock" --save "" --dir "$folder" > "$folder/log" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -S "$folder/redis.sock" ]; do sleep 0.1; done
python3 -m venv "$folder/venv"
for version in 8.0.0 8.0.1; do
    "$folder/venv/bin/pip" install -q "redis==$version"
    "$folder/venv/bin/python" - "$folder/redis.sock" <<'PYTHON'
import sys

import redis

try:
    print(redis.__version__, redis.Redis.from_url(f"unix://{sys.argv[1]}").ping())
except Exception as error:
    print(redis.__version__, type(error).__name__)
PYTHON
done | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
8.0.0 ValueError
8.0.1 True
SEEN
