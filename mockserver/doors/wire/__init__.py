"""An HTTP/1.1 server of our own, whose connections break, delay and refuse as ordered.

`WireServer` answers from one function from Request to Response; see `serving`.
"""

from mockserver.doors.wire.limits import Limits
from mockserver.doors.wire.serving import WireServer

__all__ = ["Limits", "WireServer"]
