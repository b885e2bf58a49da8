"""What asyncio does not do with a socket."""

import asyncio
import socket
import struct
from contextlib import suppress

try:
    import resource
except ImportError:  # no such limits on Windows
    resource = None  # type: ignore[assignment]

from mockserver.model.errors import ConfigurationError

BACKLOG = 1024
"""Connections that the system accepts before the loop does."""

_OTHER_FILES = 200  # beside connections: what the loop, the log and a store have open

_QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)  # Linux has it
_ON_FOR_NO_TIME = struct.pack("ii", 1, 0)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ConfigurationError if it cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        # create_server would leave a socket open where it cannot make sense of one of these
        if not 0 <= port <= 65535:
            raise OSError("ports go from 0 to 65535")
        found = socket.getaddrinfo(host or "0.0.0.0", port, family, socket.SOCK_STREAM)
        return socket.create_server(
            found[0][4][:2], family=family, backlog=BACKLOG, dualstack_ipv6=both
        )
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        name = f"[{host}]" if ":" in host else host
        raise ConfigurationError(f"cannot listen on {name}:{port}: {reason}") from None


def allow(connections: int) -> None:
    """Let this process have so many sockets, as far as the system does; the usual limit is 1024."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def acknowledge(transport: asyncio.Transport) -> None:
    """Tell the client now that its bytes are here.

    Many send a head and its body apart, and the body not before the head is acknowledged
    (Nagle's algorithm); the system would take 40 ms over that.
    """
    if _QUICK_ACK is not None:
        _set(transport, socket.IPPROTO_TCP, _QUICK_ACK, 1)


def reset(transport: asyncio.Transport) -> None:
    """Close so that the client's system reports a reset by peer; unsent bytes are lost."""
    _set(transport, socket.SOL_SOCKET, socket.SO_LINGER, _ON_FOR_NO_TIME)
    transport.abort()


def _set(transport: asyncio.Transport, level: int, option: int, value: int | bytes) -> None:
    bare = transport.get_extra_info("socket")
    with suppress(OSError):  # closed under us: the transport is about to say so
        if bare is not None:
            bare.setsockopt(level, option, value)
