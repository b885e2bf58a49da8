#!/usr/bin/env bash
# requests-cache returns the response of one account to another, even with `match_headers=["Authorization"]`.
#
# Versions: requests-cache 1.3.3, requests 2.34.2, Python 3.11.
# Expected: `match_headers` names the headers by which responses are kept apart ("you may want to cache them
#   separately" in its documentation).
# Behavior: `Authorization` is in the default of another option, `ignored_parameters`, and that one wins without a
#   warning. Only `ignored_parameters=[]` separates the accounts. Another header, such as `api-key`, is matched.
# Seen: the three lines that this script prints: what the accounts a and b received.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/get.py" <<'PYTHON'
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import requests_cache


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        account = self.headers.get("Authorization") or self.headers["api-key"]
        self.send_response(200)
        self.send_header("Content-Length", str(len(account)))
        self.end_headers()
        self.wfile.write(account.encode())

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
for header, options in (
    ("Authorization", {}),
    ("Authorization", {"ignored_parameters": []}),
    ("api-key", {}),
):
    session = requests_cache.CachedSession(backend="memory", match_headers=[header], **options)
    print(header, options, *[session.get(url, headers={header: account}).text for account in "ab"])
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q requests-cache==1.3.3 requests==2.34.2
"$folder/venv/bin/python" "$folder/get.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
Authorization {} a a
Authorization {'ignored_parameters': []} a b
api-key {} a b
SEEN
