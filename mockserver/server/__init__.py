"""An HTTP/1.1 server of our own, whose connections break, delay and refuse as ordered.

`WireServer` answers from one function from Request to Response, at a socket made by `listen`; see
`serving`. `Workers` are several processes of it at one socket; see `workers`.
"""

from mockserver.server.limits import Limits
from mockserver.server.server_state import Waits
from mockserver.server.sockets import listen
from mockserver.server.wire_server import WireServer

__all__ = ["Limits", "Waits", "WireServer", "listen"]
