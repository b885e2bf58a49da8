#!/usr/bin/env bash
# httplib2 and libcurl send a POST a second time after a connection that closed without an answer.
#
# Versions: httplib2 0.32.1, pycurl 7.49.0 with the libcurl of its wheel, requests 2.34.2, Python 3.11.
# Expected: a POST is not idempotent, so a client does not repeat it unless it is told to (RFC 9110,
#   section 9.2.2): the server may have acted on the first one.
# Behavior: httplib2 sends it twice on any connection, libcurl on a connection that was used before. A
#   single-use code is then spent by the first request, and the caller sees only that it is used.
#   requests raises ConnectionError after one request.
# Seen: the three lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/post.py" <<'PYTHON'
import contextlib
import socket
import threading

import httplib2
import pycurl
import requests


def serve(listener, seen):
    """Answer each GET; close the connection after each POST."""
    while True:
        client, _ = listener.accept()
        with client, client.makefile("rb") as stream:
            while line := stream.readline():
                while stream.readline().strip():
                    pass
                method = line.decode().split()[0]
                seen.append(method)
                if method == "POST":
                    break
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def with_httplib2(url):
    client = httplib2.Http()
    client.request(url)
    client.request(url, "POST")


def with_pycurl(url):
    client = pycurl.Curl()
    client.setopt(pycurl.URL, url)
    client.setopt(pycurl.WRITEFUNCTION, len)
    client.perform()
    client.setopt(pycurl.POSTFIELDS, "")
    client.perform()


def with_requests(url):
    with requests.Session() as client:
        client.get(url)
        client.post(url)


for send in (with_httplib2, with_pycurl, with_requests):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seen = []
        threading.Thread(target=serve, args=(listener, seen), daemon=True).start()
        with contextlib.suppress(Exception):
            send(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        print(send.__name__, *seen)
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q httplib2==0.32.1 pycurl==7.49.0 requests==2.34.2
"$folder/venv/bin/python" "$folder/post.py" 2> /dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
with_httplib2 GET POST POST
with_pycurl GET POST POST
with_requests GET POST
SEEN
