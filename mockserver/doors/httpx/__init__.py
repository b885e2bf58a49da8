"""`httpx`, answered in the process."""

from mockserver.doors.httpx.door import Transport, transport

__all__ = ["Transport", "transport"]
