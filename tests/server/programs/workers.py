"""Workers that answer with their process id: `workers.py COUNT [stillborn|misled|brief]`.

It prints the port. At its end it prints the signal, and the number of descriptors left open.
"""

import os
import sys
import threading
from collections.abc import Callable

from mockserver.model.errors import ConfigurationError, MockServerError
from mockserver.model.http import Request, Response
from mockserver.server import WireServer, listen
from mockserver.server.workers import Workers


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


before = descriptors()
listener = listen("127.0.0.1", 0)
port = listener.getsockname()[1]


def answer(request: Request) -> Response:
    if request.path == "/hang":
        print("hangs", flush=True)
        threading.Event().wait()
    late = 600 if request.path == "/late" else 0
    return Response(200, body=str(os.getpid()).encode(), delay=late)


def work(ready: Callable[[], object], lifeline: int) -> None:
    if "stillborn" in sys.argv:
        os._exit(3)
    if "misled" in sys.argv:
        raise ConfigurationError("nothing is right here")
    server = WireServer(
        answer, listener=listener, in_thread=lambda request: request.path == "/hang", http_date=str
    )
    server.run(ready, lifeline)


grace = 0.2 if "brief" in sys.argv else 60
workers = Workers(work, int(sys.argv[1]), listener, grace)
try:
    received = workers.run(lambda: print(port, flush=True))
    print(repr(received), descriptors() - before, flush=True)
except MockServerError as error:
    print(repr(error), flush=True)
