"""Sockets and signals: operations of the system that asyncio does not offer."""

import asyncio
import signal
import socket
import struct
from contextlib import suppress

from mockserver.model.errors import ConfigurationError

try:
    import resource
except ImportError:  # no such limits on Windows
    resource = None  # type: ignore[assignment]

BACKLOG = 1024
"""Connections that the system accepts before the event loop does."""

_OTHER_FILES = 200  # descriptors of the loop, the log and a store

_QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)  # Linux has it
_ON_FOR_NO_TIME = struct.pack("ii", 1, 0)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        ConfigurationError: If the address is invalid or taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        # With a port out of range, create_server would leave a socket open.
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
    """Raise this process's limit of descriptors for so many connections; it is usually 1024."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def acknowledge(transport: asyncio.Transport) -> None:
    """Send the TCP acknowledgement now.

    Many clients send a head and its body apart, and the body not before the head is acknowledged
    (Nagle's algorithm). The system delays an acknowledgement by 40 ms.
    """
    if _QUICK_ACK is not None:
        _set(transport, socket.IPPROTO_TCP, _QUICK_ACK, 1)


def reset(transport: asyncio.Transport) -> None:
    """Close with a TCP reset; unsent bytes are lost."""
    _set(transport, socket.SOL_SOCKET, socket.SO_LINGER, _ON_FOR_NO_TIME)
    transport.abort()


def _set(transport: asyncio.Transport, level: int, option: int, value: int | bytes) -> None:
    bare = transport.get_extra_info("socket")
    with suppress(OSError):  # closed already: the transport reports it next
        if bare is not None:
            bare.setsockopt(level, option, value)


def end_signals() -> tuple[signal.Signals, ...]:
    """Return SIGINT, SIGTERM and SIGHUP; a SIGHUP that is ignored, as under nohup, stays so."""
    hangup: signal.Signals | None = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        return signal.SIGINT, signal.SIGTERM
    return signal.SIGINT, signal.SIGTERM, hangup
