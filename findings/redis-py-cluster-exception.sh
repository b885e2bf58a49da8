#!/usr/bin/env bash
# redis-py raises an error that is no RedisError if a cluster cannot be reached.
#
# Versions: redis 8.1.0, Python 3.11.
# Expected: `redis.RedisError` is the base class of all errors of redis-py, so that `except redis.RedisError`
#   handles a cluster that cannot be reached as it does a server that cannot.
# Behavior: `redis.Redis` raises ConnectionError, which is a RedisError. `redis.RedisCluster` raises
#   RedisClusterException, whose base class is Exception. The error of the connection is its cause.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/reach.py" <<'PYTHON'
import socket

import redis

with socket.socket() as unused:  # bound, and not listening: connections are refused
    unused.bind(("127.0.0.1", 0))
    port = unused.getsockname()[1]
    for reach in (
        lambda: redis.Redis(port=port).ping(),
        lambda: redis.RedisCluster(host="127.0.0.1", port=port).ping(),
    ):
        try:
            reach()
        except Exception as error:
            print(type(error).__name__, isinstance(error, redis.RedisError))
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q redis==8.1.0
"$folder/venv/bin/python" "$folder/reach.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
ConnectionError True
RedisClusterException False
SEEN
