#!/usr/bin/env bash
# aiohttp reports status 400 for an answer that says 200 and cannot be parsed.
#
# Versions: aiohttp 3.14.5, httpx 0.28.1, Python 3.11.
# Expected: an answer that breaks HTTP's rules raises an error of the connection or of the protocol. An
#   error's `status` is the status that the server sent.
# Behavior: aiohttp raises ClientResponseError with `status` 400, the error that its parser would give to
#   a client. Code that treats 400 as "the request was wrong" and does not try again is misled. httpx
#   raises RemoteProtocolError, which has no status.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/get.py" <<'PYTHON'
import asyncio
import socket
import threading

import aiohttp
import httpx


def answer(listener):
    while True:
        client, _ = listener.accept()
        with client:
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n")


async def with_aiohttp(url):
    async with aiohttp.ClientSession() as client, client.get(url) as response:
        await response.read()


async def with_httpx(url):
    async with httpx.AsyncClient() as client:
        await client.get(url)


with socket.create_server(("127.0.0.1", 0)) as listener:
    threading.Thread(target=answer, args=(listener,), daemon=True).start()
    for get in (with_aiohttp, with_httpx):
        try:
            asyncio.run(get(f"http://127.0.0.1:{listener.getsockname()[1]}/"))
        except Exception as error:
            print(get.__name__, type(error).__name__, getattr(error, "status", "no status"))
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q aiohttp==3.14.5 httpx==0.28.1
"$folder/venv/bin/python" "$folder/get.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
with_aiohttp ClientResponseError 400
with_httpx RemoteProtocolError no status
SEEN
