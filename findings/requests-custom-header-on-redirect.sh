#!/usr/bin/env bash
# requests: after a redirect to another host, Authorization is gone and X-Api-Key is sent there.
#
# Versions: requests 2.34.2, urllib3 2.8.0, Python 3.11.
# Expected: credentials that the caller sets for one host do not reach another one (RFC 9110, section 15.4:
#   when redirecting, a user agent should consider to remove header fields that were set for the first origin).
# Behavior: `Session.rebuild_auth` removes `Authorization` alone. A header of another name goes to the new host,
#   so an API that has its own header for keys and tokens needs `allow_redirects=False`.
# Seen: the two lines that this script prints: what each host received.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/send.py" <<'PYTHON'
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import requests


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.headers["Host"].partition(":")[0]
        print(host, self.headers.get("Authorization"), self.headers.get("X-Api-Key"))
        self.send_response(302 if host == "127.0.0.1" else 204)
        self.send_header("Location", f"http://localhost:{self.server.server_port}/")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
headers = {"Authorization": "Basic YTpi", "X-Api-Key": "key"}
requests.get(f"http://127.0.0.1:{server.server_port}/", headers=headers, timeout=10)
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q requests==2.34.2 urllib3==2.8.0
"$folder/venv/bin/python" "$folder/send.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
127.0.0.1 Basic YTpi key
localhost None key
SEEN
