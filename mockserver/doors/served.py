"""A front at a socket: the server that `serve`, `TokenServer` and the contract checks start."""

import socket

from mockserver.control.front import Front
from mockserver.doors.wire import Waits, WireServer


def server_of(front: Front, listener: socket.socket) -> WireServer:
    """A server that answers as `front` does; it serves once."""
    return WireServer(
        front.answer,
        listener=listener,
        in_thread=front.may_block,
        http_date=front.http_date,
        waits=Waits(front.may_wait, front.hurry),
    )
