#!/usr/bin/env bash
# Redis reports a replica as online while the replica still loads its data and confirms no write.
#
# Versions: Redis 7.0.15 (Debian package redis-server 5:7.0.15-1~deb12u10), redis 8.1.0 (PyPI), Python 3.11.
# Expected: `state=online` in `INFO replication` means a replica that `WAIT` counts.
# Behavior: with `repl-diskless-sync no`, the primary sets `online` once it has sent the file. Until the replica has
#   loaded it, `offset=0` and a growing `lag` are the only signs; `WAIT` returns 0, and a test that waits for `online`
#   before it stops the primary loses what it wrote. A slow load is imitated here with `key-load-delay`.
# Seen: the three lines that this script prints.
set -euo pipefail
test "$(dpkg-query -W -f '${Version}' redis-server 2> /dev/null)" = "5:7.0.15-1~deb12u10" || {
    echo "needs Redis 7.0.15 (Debian package redis-server 5:7.0.15-1~deb12u10)" >&2
    exit 2
}
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; wait; rm -rf "$folder"' EXIT
cat > "$folder/watch.py" <<'PYTHON'
import sys
import time

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

primary, replica = (
    redis.Redis(unix_socket_path=path, retry=Retry(ConstantBackoff(0.1), 100)) for path in sys.argv[1:]
)
primary.ping()
primary.execute_command("DEBUG", "POPULATE", 20_000)
replica.ping()
replica.replicaof("127.0.0.1", primary.config_get("port")["port"])
while "slave0" not in (info := primary.info("replication")) or info["slave0"]["state"] != "online":
    time.sleep(0.01)
primary.set("written", "1")
print("state", info["slave0"]["state"], "offset", info["slave0"]["offset"])
print("confirmed at once by", primary.wait(1, 200))
while not primary.wait(1, 1000):
    pass
print("confirmed later by", primary.wait(1, 1000))
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q redis==8.1.0
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
for name in primary replica; do
    mkdir "$folder/$name"
    listen=$([ $name = primary ] && echo "$port" || echo 0)
    redis-server --port "$listen" --bind 127.0.0.1 --unixsocket "$folder/$name/socket" --dir "$folder/$name" --save "" \
        --repl-diskless-sync no --enable-debug-command local --key-load-delay 100 > /dev/null &
done
"$folder/venv/bin/python" "$folder/watch.py" "$folder/primary/socket" "$folder/replica/socket" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
state online offset 0
confirmed at once by 0
confirmed later by 1
SEEN
