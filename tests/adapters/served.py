"""A real server around an answer function, to compare answers in the process with."""

import os
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from mockserver.adapters.framing import FINAL_BYTES, framed, path_and_query
from mockserver.model.http import Answer, Fault, Headers, Request

_RESET = struct.pack("ii", 1, 0)  # linger, for no time


class AnswerServer:
    """A server on loopback that calls `answer`; a context manager. `count`: its requests so far."""

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self.count = 0
        self.answer = answer
        handler = type("Handler", (_Handler,), {"served": self})
        self._server = _Server(("127.0.0.1", port), handler)
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Do nothing: a client may close its connection at any time."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    served: AnswerServer

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._do
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        pass

    def _do(self) -> None:
        self.served.count += 1
        response = self.served.answer(self._request())
        time.sleep(response.delay)
        if response.fault is not None:
            self._break(response.fault)
            return
        self.send_response_only(response.status)
        fields, body = framed(response, self.command)
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _request(self) -> Request:
        path, query = path_and_query(self.requestline.split()[1])
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "")
        length = int(self.headers.get("Content-Length", 0))
        body = b"".join(iter(self._chunk, b"")) if chunked else self.rfile.read(length)
        return Request(self.command, path, query, Headers(self.headers.items()), body)

    def _chunk(self) -> bytes:
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def _break(self, fault: Fault) -> None:
        if fault is Fault.CONNECTION_RESET_BY_PEER:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            os.close(self.connection.detach())
        else:
            self.wfile.write(FINAL_BYTES[fault])
        self.close_connection = True
