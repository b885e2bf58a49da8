"""The part of a container engine's API that testcontainers uses; a container is a process."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Engine(ThreadingHTTPServer):
    """Remembers what a container was created with."""

    created: dict[str, Any]
    port = 0
    process: "subprocess.Popen[bytes] | None" = None

    def run(self) -> None:
        """Start the server with the variables of the container, on a free port."""
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        given = dict(each.split("=", 1) for each in self.created["Env"])
        given["TOKEN_MOCKSERVER_PORT"] = str(self.port)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mockserver", "serve"],
            env={**os.environ, **given, "TOKEN_MOCKSERVER_HOST": "127.0.0.1"},
            stdout=subprocess.DEVNULL,
        )

    def end(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


class _Handler(BaseHTTPRequestHandler):
    server: Engine

    def do_GET(self) -> None:
        if self.path.endswith("/version"):
            self._send({"ApiVersion": "1.44", "MinAPIVersion": "1.24"})
        elif "/images/" in self.path:
            self._send({"Id": "image", "RepoTags": []})
        elif re.search("/containers/[^/]+/json", self.path):
            (inside,) = self.server.created["ExposedPorts"]
            ports = {inside: [{"HostIp": "127.0.0.1", "HostPort": str(self.server.port)}]}
            state = {"Status": "running", "Running": True}
            self._send({"Id": "c0", "NetworkSettings": {"Ports": ports}, "State": state})
        else:
            self._send([])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if "/containers/create" in self.path:
            self.server.created = json.loads(body)
        elif self.path.endswith("/start"):
            self.server.run()
        self._send({"Id": "c0"})

    def do_DELETE(self) -> None:
        self.server.end()
        self._send({})

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _send(self, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def engine_stand_in() -> Iterator[Engine]:
    """One that answers."""
    engine = Engine(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=engine.serve_forever)
    thread.start()
    try:
        yield engine
    finally:
        engine.shutdown()
        thread.join()
        engine.server_close()
        engine.end()
