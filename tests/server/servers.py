"""Servers in threads, for tests over real sockets."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from mockserver.model.http import Answer, Request
from mockserver.server import Limits, WireServer, deadline, http_server, listen
from tests.server import echo

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""A key and a self-signed certificate for localhost and 127.0.0.1, valid for a hundred years."""

KINDS = ("plain", "plain uvloop", "tls", "tls uvloop")


def make(
    answer: Answer = echo.answer,
    *,
    limits: Limits | None = None,
    tls: bool = False,
    in_thread: Callable[[Request], bool] = echo.in_thread,
) -> WireServer:
    """Return a server of the echo that is not started."""
    return WireServer(
        answer,
        listener=listen("127.0.0.1", 0),
        in_thread=in_thread,
        http_date=echo.http_date,
        tls=server_context if tls else None,
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
                patch.setattr(http_server, "SteadyLoop", deadline.fast_loop)
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


@cache
def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@cache
def client_context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATE)
