#!/usr/bin/env bash
# requests before 2.34 sends one leading slash of several.
#
# Versions: requests 2.33.0 and 2.34.0, both with urllib3 2.8.0, Python 3.11.
# Expected: the path of a URL is sent as it is written: `//double//a` is another path than `/double//a`
#   (RFC 3986, section 6.2: only dot segments, case and percent-encoding are normalized).
# Behavior: 2.33.0 sends `GET /double//a`, 2.34.0 sends `GET //double//a`. A base URL that ends in a
#   slash, joined with a path that begins with one, therefore works with the older version alone.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/send.py" <<'PYTHON'
import socket
import threading

import requests

with socket.create_server(("127.0.0.1", 0)) as listener:
    lines = []

    def answer():
        client, _ = listener.accept()
        with client:
            lines.append(client.recv(4096).decode().splitlines()[0])
            client.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    requests.get(f"http://127.0.0.1:{listener.getsockname()[1]}//double//a", timeout=10)
    thread.join()
print(requests.__version__, lines[0])
PYTHON
for version in 2.33.0 2.34.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install -q "requests==$version" urllib3==2.8.0
    "$folder/$version/bin/python" "$folder/send.py" | tee -a "$folder/seen"
done
diff "$folder/seen" - <<'SEEN'
2.33.0 GET /double//a HTTP/1.1
2.34.0 GET //double//a HTTP/1.1
SEEN
