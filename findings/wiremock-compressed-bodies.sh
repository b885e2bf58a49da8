#!/usr/bin/env bash
# WireMock matches the text of a gzip body without its header, and never that of a deflate body.
#
# Version: WireMock 3.13.2 (npm package wiremock, which has the jar), Java 17.
# Expected: `Content-Encoding` says how a body is to be read: a body that declares `deflate` is matched by
#   its text as one that declares `gzip` is, and bytes that declare nothing are matched as they are.
# Behavior: gzip is recognized by the body's first bytes, whatever the header says. A deflate body is
#   matched as bytes, though the header names it.
# Seen: the four lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
cat > match.py <<'PYTHON'
import gzip
import json
import sys
import time
import urllib.error
import urllib.request
import zlib

BASE = f"http://127.0.0.1:{sys.argv[1]}"


def call(method, path, body=None, headers={}):
    request = urllib.request.Request(BASE + path, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


for _ in range(300):
    try:
        call("GET", "/__admin/mappings")
        break
    except OSError:
        time.sleep(0.2)
pattern = {"method": "POST", "bodyPatterns": [{"equalTo": "hello"}]}
mapping = json.dumps({"request": pattern, "response": {"status": 200}})
call("POST", "/__admin/mappings", mapping.encode())
text = b"hello"
print("plain", call("POST", "/", text))
print("gzip", call("POST", "/", gzip.compress(text), {"Content-Encoding": "gzip"}))
print("gzip, not declared", call("POST", "/", gzip.compress(text)))
print("deflate", call("POST", "/", zlib.compress(text), {"Content-Encoding": "deflate"}))
PYTHON
npm install --silent --no-save --no-fund --no-audit wiremock@3.13.2 > /dev/null
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
java -jar node_modules/wiremock/build/*.jar --port "$port" --bind-address 127.0.0.1 --disable-banner > /dev/null 2>&1 &
server=$!
python3 match.py "$port" | tee seen
diff seen - <<'SEEN'
plain 200
gzip 200
gzip, not declared 200
deflate 404
SEEN
