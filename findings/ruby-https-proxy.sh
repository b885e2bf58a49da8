#!/usr/bin/env bash
# Ruby's Net::HTTP does not read https_proxy: it uses http_proxy for https addresses.
#
# Version: Ruby 3.1.2 (Debian package ruby3.1), Python 3.11.
# Expected: an https request goes through the proxy of `https_proxy`, as with curl, and as `URI#find_proxy`, from which
#   Net::HTTP takes its proxy, returns it for an https address.
# Behavior: Net::HTTP asks `find_proxy` for a URI with the scheme http, whatever the address. With `https_proxy` alone
#   it connects directly; with `http_proxy` alone it sends CONNECT for an https address.
# Seen: the three lines that this script prints.
set -euo pipefail
ruby --version 2> /dev/null | grep -q '^ruby 3\.1\.2p20 ' || {
    echo "needs Ruby 3.1.2 (Debian package ruby3.1)" >&2
    exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/get.py" <<'PYTHON'
import os
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


class Proxy(BaseHTTPRequestHandler):
    def do_CONNECT(self):
        connects.append(self.path)
        self.send_error(502)

    def log_message(self, *_):
        pass


GET = """
require "net/http"
service = URI("https://service.invalid/")
puts "find_proxy #{service.find_proxy ? "finds a proxy" : "finds none"}" if ENV["https_proxy"]
begin
  Net::HTTP.get(service)
rescue SocketError, Net::ProtocolError
end
"""
connects = []
server = HTTPServer(("127.0.0.1", 0), Proxy)
Thread(target=server.serve_forever, daemon=True).start()
clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
for variable in ("https_proxy", "http_proxy"):
    connects.clear()
    environment = {**clean, variable: f"http://127.0.0.1:{server.server_port}"}
    subprocess.run(["ruby", "-e", GET], env=environment, check=True, timeout=60)
    print(variable, *connects or ["not used"], flush=True)
PYTHON
python3 "$folder/get.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
find_proxy finds a proxy
https_proxy not used
http_proxy service.invalid:443
SEEN
