#!/usr/bin/env bash
# requests, urllib3 and httplib2 return "103 Early Hints" as the response, and lose the real one.
#
# Versions: requests 2.34.2, urllib3 2.8.0, httplib2 0.32.1, httpx 0.28.1, aiohttp 3.14.5, Python 3.11.
# Expected: a client parses one or more responses with a status of 1xx before the final one, even if it does not
#   expect any (RFC 9110, section 15.2: "MUST").
# Behavior: Python's http.client skips the status 100 alone. The clients on top of it report status 103 with an empty
#   body. httpx and aiohttp return the final response.
# Seen: the five lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/get.py" <<'PYTHON'
import asyncio
import socketserver
import threading

import aiohttp
import httplib2
import httpx
import requests
import urllib3


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
        self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


async def with_aiohttp():
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status


server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/"
print("requests", requests.get(url, timeout=10).status_code)
print("urllib3", urllib3.request("GET", url).status)
print("httplib2", httplib2.Http().request(url)[0].status)
print("httpx", httpx.get(url).status_code)
print("aiohttp", asyncio.run(with_aiohttp()))
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q requests==2.34.2 urllib3==2.8.0 httplib2==0.32.1 httpx==0.28.1 aiohttp==3.14.5
"$folder/venv/bin/python" "$folder/get.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
requests 103
urllib3 103
httplib2 103
httpx 201
aiohttp 201
SEEN
