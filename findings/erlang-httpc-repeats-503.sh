#!/usr/bin/env bash
# Erlang's httpc sends a POST again for as long as the server answers 503 with Retry-After, regardless of the timeout.
#
# Version: Erlang/OTP 25.2.3 (Debian package erlang-inets 1:25.2.3+dfsg-1+deb12u4), Python 3.11.
# Expected: `{timeout, 2000}` limits the request to two seconds, and status 503 is returned to the caller as other
#   statuses are. RFC 9110, section 9.2.2: no automatic repetition of a POST without a sign that it was not applied.
# Behavior: httpc sends the POST again after each wait, and returns only when another status arrives. Here that is the
#   sixth response, five seconds later. The caller waits for as long as the service answers 503.
# Seen: the two lines that this script prints.
set -euo pipefail
test "$(dpkg-query -W -f '${Version}' erlang-inets 2> /dev/null)" = "1:25.2.3+dfsg-1+deb12u4" || {
    echo "needs Erlang/OTP 25.2.3 (Debian package erlang-inets 1:25.2.3+dfsg-1+deb12u4)" >&2
    exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/post.py" <<'PYTHON'
import subprocess
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        requests.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(503 if len(requests) < 6 else 201)
        self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


requests = []
server = HTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
post = """
    inets:start(),
    Request = {"http://127.0.0.1:%d/", [], "text/plain", "code"},
    {ok, {{_, Status, _}, _, _}} = httpc:request(post, Request, [{timeout, 2000}], []),
    io:format("status ~p~n", [Status]),
    halt().
"""
start = time.monotonic()
subprocess.run(["erl", "-noshell", "-eval", post % server.server_port], check=True, timeout=60)
print(len(requests), "requests in", "five seconds or more" if time.monotonic() - start >= 5 else "less")
PYTHON
python3 "$folder/post.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
status 201
6 requests in five seconds or more
SEEN
