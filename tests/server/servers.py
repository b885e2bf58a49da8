"""Servers in threads, for tests over real sockets."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import flask
import pytest
from werkzeug.serving import BaseWSGIServer, make_server

from mockserver.model.http import Answer, Request, Response
from mockserver.server import Limits, WireServer, event_loop, http_server, listen
from mockserver.server.proxy import ForwardProxy
from tests.server import echo

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""A key and a self-signed certificate for localhost and 127.0.0.1, valid for a hundred years."""

KINDS = ("plain", "plain uvloop", "tls", "tls uvloop")
kinds = pytest.mark.parametrize("kind", KINDS)
plain_kinds = pytest.mark.parametrize("kind", KINDS[:2])


def make(
    answer: Answer = echo.answer,
    *,
    limits: Limits | None = None,
    tls: bool | Callable[[], ssl.SSLContext] = False,
    in_thread: Callable[[Request], bool] = echo.in_thread,
    host: str = "127.0.0.1",
    proxy: Callable[[int], ForwardProxy] | None = None,
) -> WireServer:
    """Return a server that is not started; `proxy` is called with its port."""
    listener = listen(host, 0)
    return WireServer(
        answer,
        listener=listener,
        in_thread=in_thread,
        http_date=echo.http_date,
        tls=tls if callable(tls) else server_context if tls else None,
        proxy=proxy and proxy(listener.getsockname()[1]),
        limits=limits or Limits(),
    )


@contextmanager
def started(server: WireServer, kind: str = "plain") -> Iterator[WireServer]:
    """Run `server`, on the event loop of asyncio or of uvloop."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            if "uvloop" in kind:
                reason = "uvloop is not installed: its loop is NOT tested"
                pytest.importorskip("uvloop", reason=reason)
                patch.setattr(http_server, "SteadyLoop", event_loop.fast_loop)
            server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def serving_as(
    kind: str, answer: Answer = echo.answer, limits: Limits | None = None
) -> Iterator[WireServer]:
    """Run a server of one of the KINDS."""
    with started(make(answer, limits=limits, tls="tls" in kind), kind) as server:
        yield server


@contextmanager
def behind_werkzeug(app: flask.Flask) -> Iterator[BaseWSGIServer]:
    """Run Werkzeug's server with a Flask application for the block, each request in a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class HeldCall:
    """An answer function that waits for `release` at /thread, and answers at once elsewhere."""

    def __init__(self, response: Response) -> None:
        self._response = response
        self.called, self.release = threading.Event(), threading.Event()

    def __call__(self, request: Request) -> Response:
        if request.path.startswith("/thread"):
            self.called.set()
            assert self.release.wait(20)
        return self._response


@cache
def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@cache
def client_context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATE)
