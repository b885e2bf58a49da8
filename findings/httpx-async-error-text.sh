#!/usr/bin/env bash
# httpx: the errors of AsyncClient have no text where those of Client have one.
#
# Version: httpx 0.28.1 with anyio 4.16.0, Python 3.11.
# Expected: the same failure has the same text with both clients.
# Behavior: for a timeout and for a connection that was reset, `str(error)` is empty with AsyncClient. A
#   log line such as "token call failed: {error}" then says nothing; `repr(error)` names the class.
# Seen: the four lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/get.py" <<'PYTHON'
import asyncio
import socket
import struct
import threading

import httpx


async def get(url):
    async with httpx.AsyncClient(timeout=0.5) as client:
        await client.get(url)


def failures(name, url):
    for kind, call in (
        ("Client", lambda: httpx.get(url, timeout=0.5)),
        ("AsyncClient", lambda: asyncio.run(get(url))),
    ):
        try:
            call()
        except httpx.HTTPError as error:
            print(f"{name}, {kind}: {type(error).__name__} {str(error)!r}")


def reset(listener):
    while True:
        client, _ = listener.accept()
        client.recv(4096)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()


with socket.create_server(("127.0.0.1", 0)) as listener:
    failures("no answer", f"http://127.0.0.1:{listener.getsockname()[1]}/")
with socket.create_server(("127.0.0.1", 0)) as listener:
    threading.Thread(target=reset, args=(listener,), daemon=True).start()
    failures("reset", f"http://127.0.0.1:{listener.getsockname()[1]}/")
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q httpx==0.28.1 anyio==4.16.0
"$folder/venv/bin/python" "$folder/get.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
no answer, Client: ReadTimeout 'timed out'
no answer, AsyncClient: ReadTimeout ''
reset, Client: ReadError '[Errno 104] Connection reset by peer'
reset, AsyncClient: ReadError ''
SEEN
