#!/usr/bin/env bash
# WireMock's JSONPath: `last()` fails on an array of one, and a slice with a start and a negative end is empty.
#
# Version: WireMock 3.13.2 (npm package wiremock, which has the jar), Java 17.
# Expected: `last()` of [7] is 7, as `first()` is. `[0:-1]` of [1, 2, 3] is [1, 2], as `[:-1]` is (RFC
#   9535, section 2.3.4: an omitted start is 0).
# Behavior: a stub with `$.one.last()` does not match {"one": [7]}, though `$.many.last()` matches {"many":
#   [1, 2, 3]}; `$.many[0:-1]` does not match, though `$.many[:-1]` does.
# Seen: the five lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
cat > match.py <<'PYTHON'
import json
import sys
import time
import urllib.error
import urllib.request

BASE = f"http://127.0.0.1:{sys.argv[1]}"


def call(method, path, value=None):
    body = None if value is None else json.dumps(value).encode()
    request = urllib.request.Request(BASE + path, data=body, method=method)
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
for path in ("$.one.first()", "$.one.last()", "$.many.last()", "$.many[:-1]", "$.many[0:-1]"):
    call("DELETE", "/__admin/mappings")
    request = {"method": "POST", "bodyPatterns": [{"matchesJsonPath": path}]}
    call("POST", "/__admin/mappings", {"request": request, "response": {"status": 200}})
    print(path, call("POST", "/", {"one": [7], "many": [1, 2, 3]}))
PYTHON
npm install --silent --no-save --no-fund --no-audit wiremock@3.13.2 > /dev/null
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
java -jar node_modules/wiremock/build/*.jar --port "$port" --bind-address 127.0.0.1 --disable-banner > /dev/null 2>&1 &
server=$!
python3 match.py "$port" | tee seen
diff seen - <<'SEEN'
$.one.first() 200
$.one.last() 404
$.many.last() 200
$.many[:-1] 200
$.many[0:-1] 404
SEEN
