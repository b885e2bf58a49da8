"""Our HTTP/1.1 server, with connections that break, delay and refuse on demand.

`WireServer` answers by one function from Request to Response, at a socket made by `listen`;
`server_of` makes one of an `Application`. `workers.Workers` are several processes at one socket.
"""

from mockserver.server.event_loop import listen
from mockserver.server.http_server import WireServer, server_of
from mockserver.server.limits import Limits
from mockserver.server.server_state import LongPolls

__all__ = ["Limits", "LongPolls", "WireServer", "listen", "server_of"]
