#!/usr/bin/env bash
# uvloop resolves names in C: a replaced socket.getaddrinfo is not asked.
#
# Versions: uvloop 0.22.1, Python 3.11.
# Expected: `asyncio.open_connection` resolves by `socket.getaddrinfo`, so that a test which replaces this function
#   leads a host name elsewhere, as it does for threads and for asyncio's own loop.
# Behavior: the event loop of uvloop calls libuv's getaddrinfo. The function in the socket module is not called,
#   and the name is looked up in DNS.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/connect.py" <<'PYTHON'
import asyncio
import socket

import uvloop

resolve, asked = socket.getaddrinfo, []


def replaced(host, *arguments, **options):
    asked.append(host)
    return resolve("127.0.0.1", *arguments, **options)


async def connect():
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    asked.clear()
    try:
        _, writer = await asyncio.open_connection("service.invalid", port)
    except socket.gaierror:
        return "not resolved", asked
    writer.close()
    return "connected", asked


socket.getaddrinfo = replaced
print("asyncio", *asyncio.run(connect()))
print("uvloop", *uvloop.run(connect()))
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q uvloop==0.22.1
"$folder/venv/bin/python" "$folder/connect.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
asyncio connected ['service.invalid']
uvloop not resolved []
SEEN
