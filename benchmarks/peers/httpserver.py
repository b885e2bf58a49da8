"""`python httpserver.py PORT`: pytest-httpserver with handlers that do the work of W1 and W2.

It runs in an environment of its own, which has pytest-httpserver and nothing of this project.
"""

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
from typing import Any

from pytest_httpserver import HTTPServer

KEY = b"a key of 32 bytes, and no secret"
LOGIN = "Basic " + base64.b64encode(b"myUser:myPassword").decode()
PATH = "/ds-api/user-token"


def part(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def signature(signed: str) -> str:
    return part(hmac.digest(KEY, signed.encode(), hashlib.sha256))


def answer(server: Any, status: int, value: object) -> Any:
    # The server keeps every request; without this its memory would grow by the load.
    server.log.clear()
    from werkzeug import Response  # noqa: PLC0415 - comes with pytest-httpserver

    return Response(json.dumps(value), status, content_type="application/json")


def main() -> None:
    """Serve until the process is killed."""
    server = HTTPServer(host="127.0.0.1", port=int(sys.argv[1]))

    def token(_request: Any) -> Any:
        now = int(time.time())
        claims = {"iat": now, "exp": now + 86400, "user": "myUser", "organization": "Main Org."}
        parts = ({"typ": "JWT", "alg": "HS256"}, claims)
        signed = ".".join(part(json.dumps(each).encode()) for each in parts)
        return answer(server, 201, {"user-token": f"{signed}.{signature(signed)}"})

    def info(request: Any) -> Any:
        signed, _, given = request.args["token"].rpartition(".")
        claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
        good = hmac.compare_digest(signature(signed), given) and claims["exp"] > time.time()
        return answer(server, 200 if good else 401, {"user": claims["user"]})

    headers = {"Authorization": LOGIN}
    server.expect_request(PATH, "POST", headers=headers).respond_with_handler(token)
    server.expect_request(PATH, "GET", headers=headers).respond_with_handler(info)
    server.start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
