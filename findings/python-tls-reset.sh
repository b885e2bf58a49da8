#!/usr/bin/env bash
# Python's ssl module: a TCP reset inside TLS reads as a regular end.
#
# Versions: Python 3.11.7 and 3.12.1 with OpenSSL 3.0, trustme 1.2.1. Python 3.13.0 raises the error.
# Expected: a connection that the peer resets raises ConnectionResetError from `recv`, with TLS as without.
# Behavior: with TLS `recv` returns b"", as if the peer had ended the connection in the regular way
#   (with `suppress_ragged_eofs=False` it raises SSLEOFError). HTTP clients on top of it cannot tell a
#   reset from a connection that was closed without an answer, and take a body without a length, cut off
#   by a reset, for a complete one.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/reset.py" <<'PYTHON'
import socket
import ssl
import struct
import threading

import trustme

authority = trustme.CA()
server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
authority.issue_cert("localhost").configure_cert(server_context)
client_context = ssl.create_default_context()
authority.configure_trust(client_context)


def reset(listener, tls):
    connection, _ = listener.accept()
    if tls:
        connection = server_context.wrap_socket(connection, server_side=True)
    connection.recv(100)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


for tls in (False, True):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=reset, args=(listener, tls)).start()
        client = socket.create_connection(listener.getsockname())
        if tls:
            client = client_context.wrap_socket(client, server_hostname="localhost")
        with client:
            client.sendall(b"hello")
            name = "with TLS" if tls else "without TLS"
            try:
                print(name, client.recv(100))
            except ConnectionResetError as error:
                print(name, type(error).__name__)
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q trustme==1.2.1
"$folder/venv/bin/python" "$folder/reset.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
without TLS ConnectionResetError
with TLS b''
SEEN
