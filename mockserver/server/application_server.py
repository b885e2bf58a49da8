"""A front at a socket: the server that `serve`, `TokenServer` and the contract checks start."""

import socket

from mockserver.admin.application import Application
from mockserver.server import Waits, WireServer


def server_of(front: Application, listener: socket.socket) -> WireServer:
    """A server that answers as `front` does; it serves once."""
    return WireServer(
        front.answer,
        listener=listener,
        in_thread=front.may_block,
        http_date=front.http_date,
        waits=Waits(front.may_wait, front.hurry),
    )
