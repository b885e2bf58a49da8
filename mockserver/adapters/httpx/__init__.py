"""`httpx`, answered in the process."""

from mockserver.adapters.httpx.transport import Transport, transport

__all__ = ["Transport", "transport"]
