#!/usr/bin/env bash
# After a redirect to `login..example`, requests, httpx and aiohttp raise errors that their base classes do not cover.
#
# Versions: requests 2.34.2, urllib3 2.8.0, httpx 0.28.1, aiohttp 3.14.5, Python 3.11.
# Expected: an error that a response causes is a RequestException, an HTTPError or a ClientError, the base classes that
#   the three name in their documentation. `http://login..example/` is a valid URI (RFC 3986, reg-name) of a host that
#   does not exist.
# Behavior: requests raises urllib3's LocationParseError, the others raise UnicodeError from the codec `idna`. The error
#   of requests, for example, is not caught by `except RequestException`.
# Seen: the three lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/get.py" <<'PYTHON'
import asyncio
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import aiohttp
import httpx
import requests


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", "http://login..example/")
        self.end_headers()

    def log_message(self, *_):
        pass


async def with_aiohttp():
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status


server = HTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
for name, base, get in (
    ("requests", requests.RequestException, lambda: requests.get(url, timeout=10)),
    ("httpx", httpx.HTTPError, lambda: httpx.get(url, follow_redirects=True)),
    ("aiohttp", aiohttp.ClientError, lambda: asyncio.run(with_aiohttp())),
):
    try:
        get()
    except Exception as error:
        print(name, type(error).__name__, isinstance(error, base))
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q requests==2.34.2 urllib3==2.8.0 httpx==0.28.1 aiohttp==3.14.5
"$folder/venv/bin/python" "$folder/get.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
requests LocationParseError False
httpx UnicodeError False
aiohttp UnicodeError False
SEEN
