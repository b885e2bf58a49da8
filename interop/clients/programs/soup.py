"""`python3 soup.py [METHOD...]`: send requests for a token with libsoup, one after another.

Without a method it sends one POST. TOKEN_URL is another address of the same endpoint.
"""

import os
import sys

import gi

gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup  # noqa: E402 - after the version is chosen

URL = os.environ.get("TOKEN_URL", "https://kitegateway.com/v1/auth/token")
session = Soup.Session()
for method in sys.argv[1:] or ["POST"]:
    message = Soup.Message.new(method, URL)
    message.get_request_headers().append("Secret-Key", "YOUR_SECRET")
    if method == "POST":
        body = GLib.Bytes.new(b'{"api_key": "2882jj2hh288282jj2"}')
        message.set_request_body_from_bytes("application/json", body)
    print(session.send_and_read(message).get_data().decode())
