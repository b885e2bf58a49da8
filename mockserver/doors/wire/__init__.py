"""An HTTP/1.1 server of our own, whose connections break, delay and refuse as ordered.

`WireServer` answers from one function from Request to Response, at a socket made by `listen`; see
`serving`. `Workers` are several processes of it at one socket; see `workers`.
"""

from mockserver.doors.wire.limits import Limits
from mockserver.doors.wire.service import Waits
from mockserver.doors.wire.serving import WireServer
from mockserver.doors.wire.sockets import listen

__all__ = ["Limits", "Waits", "WireServer", "listen"]
