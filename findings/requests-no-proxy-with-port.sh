#!/usr/bin/env bash
# requests sends a request to the proxy if NO_PROXY names an IPv4 address with the port, but not a name with the port.
#
# Versions: requests 2.34.2, urllib3 2.8.0, httpx 0.28.1, Python 3.11.
# Expected: an entry of NO_PROXY may have a port, as in `some.host:8080` (documentation of urllib.request, whose
#   function requests uses), and then applies to that port, for `127.0.0.1:8080` as for `localhost:8080`.
# Behavior: requests compares an IPv4 address with the entries without its port, so that `127.0.0.1:8080` never
#   matches. urllib and httpx connect directly. A test server on a port of its own gets the proxy's response.
# Seen: the six lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/get.py" <<'PYTHON'
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.request import urlopen

import httpx
import requests


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the proxy" if self.path.startswith("http://") else b"direct")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
for variable in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[variable]
os.environ["http_proxy"] = f"http://127.0.0.1:{server.server_port}"
for host in ("localhost", "127.0.0.1"):
    os.environ["no_proxy"] = f"{host}:{server.server_port}"
    url = f"http://{host}:{server.server_port}/"
    print("requests", host, requests.get(url, timeout=10).text)
    print("urllib", host, urlopen(url, timeout=10).read().decode())
    print("httpx", host, httpx.get(url).text)
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q requests==2.34.2 urllib3==2.8.0 httpx==0.28.1
"$folder/venv/bin/python" "$folder/get.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
requests localhost direct
urllib localhost direct
httpx localhost direct
requests 127.0.0.1 the proxy
urllib 127.0.0.1 direct
httpx 127.0.0.1 direct
SEEN
