#!/usr/bin/env bash
# CacheControl does not use a stored answer that came without a Date header.
#
# Versions: CacheControl 0.14.4, requests 2.34.2, Python 3.11.
# Expected: a recipient that gets an answer without `Date` records the moment of receipt (RFC 9110,
#   section 6.6.1), so `Cache-Control: max-age=86400` makes the second call a cache hit.
# Behavior: without `Date` every call reaches the server. A stand-in for a server that leaves the header
#   out therefore hides what the cache does with the real one.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/get.py" <<'PYTHON'
import email.utils
import socket
import threading

import cachecontrol
import requests


def answer(listener, headers, seen):
    while True:
        client, _ = listener.accept()
        with client:
            seen.append(client.recv(4096))
            client.sendall(
                b"HTTP/1.1 200 OK\r\nCache-Control: max-age=86400\r\nConnection: close\r\n"
                + headers
                + b"Content-Length: 2\r\n\r\nok"
            )


date = f"Date: {email.utils.formatdate(usegmt=True)}\r\n".encode()
for name, headers in (("with Date", date), ("without Date", b"")):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seen = []
        arguments = (listener, headers, seen)
        threading.Thread(target=answer, args=arguments, daemon=True).start()
        session = cachecontrol.CacheControl(requests.Session())
        for _ in range(2):
            session.get(f"http://127.0.0.1:{listener.getsockname()[1]}/").content
        print(f"{name}: {len(seen)} of 2 calls reached the server")
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q cachecontrol==0.14.4 requests==2.34.2
"$folder/venv/bin/python" "$folder/get.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
with Date: 1 of 2 calls reached the server
without Date: 2 of 2 calls reached the server
SEEN
