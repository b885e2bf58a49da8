#!/usr/bin/env bash
# requests sends other headers once niquests is installed beside it.
#
# Versions: requests 2.34.2 with urllib3 2.8.0, and with niquests 3.21.2 (urllib3-future 2.25.904), Python 3.11.
# Expected: installing another client does not change what requests sends.
# Behavior: urllib3-future takes the place of the package urllib3. requests on top of it adds a Content-Type
#   to a body that is text, and capitalizes the names of headers. A test that compares headers as they were
#   sent, or a server that refuses `text/plain`, sees another request.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/post.py" <<'PYTHON'
import socket
import sys
import threading

import requests

with socket.create_server(("127.0.0.1", 0)) as listener:
    lines = []

    def answer():
        client, _ = listener.accept()
        with client, client.makefile("rb") as stream:
            while line := stream.readline().strip():
                lines.append(line.decode())
            client.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    requests.post(url, data="text", headers={"api-key": "key"}, timeout=10)
    thread.join()
sent = [line for line in lines if line.lower().startswith(("content-type", "api-key"))]
print(sys.argv[1], *sent, sep=" | ")
PYTHON
for beside in urllib3==2.8.0 niquests==3.21.2; do
    python3 -m venv "$folder/$beside"
    "$folder/$beside/bin/pip" install -q requests==2.34.2 "$beside"
    "$folder/$beside/bin/python" "$folder/post.py" "$beside" | tee -a "$folder/seen"
done
diff "$folder/seen" - <<'SEEN'
urllib3==2.8.0 | api-key: key
niquests==3.21.2 | Content-Type: text/plain; charset=utf-8 | Api-Key: key
SEEN
