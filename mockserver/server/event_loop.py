"""What asyncio does not offer: real time, cheap time limits, options of sockets, signals."""

import asyncio
import errno
import importlib
import signal
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from mockserver.model.clock import real_seconds
from mockserver.model.errors import ConfigurationError


class SteadyLoop(asyncio.SelectorEventLoop):
    """asyncio's event loop with timers in real time, also while a test has stopped time."""

    # An attribute of a class, because freezegun replaces those of modules; a partial, because
    # asyncio calls it several times a turn and a method costs a Python frame each time.
    time: ClassVar[Callable[[], float]] = staticmethod(real_seconds)


def fast_loop() -> asyncio.AbstractEventLoop:
    """Return a loop of uvloop if it is installed, else a SteadyLoop."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return SteadyLoop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


class Deadline:
    """A time limit that is set for every request and passes for few.

    Setting it later starts no timer: the running timer finds out that it is early, and runs on.
    """

    __slots__ = ("_due", "_handle", "_loop", "_passed", "_rings")

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: Callable[[], None]) -> None:
        self._loop = loop
        self._passed = passed
        self._due: float | None = None
        self._rings = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Call `passed` in `seconds`, instead of at any moment set before."""
        self._due = self._loop.time() + seconds
        if self._handle is None or self._due < self._rings:
            self._start(self._due)

    def clear(self) -> None:
        """Do not call `passed`; keep the timer."""
        self._due = None

    def cancel(self) -> None:
        """Do not call `passed`; cancel the timer."""
        self._due = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _start(self, when: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._rings = when
        self._handle = self._loop.call_at(when, self._ring)

    def _ring(self) -> None:
        self._handle = None
        if self._due is None:
            return
        if self._rings < self._due:
            self._start(self._due)
        else:
            self._due = None
            self._passed()


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
        text = f"cannot listen on {name}:{port}: {reason}{_cure(error)}"
        raise ConfigurationError(text) from None


def _cure(error: OSError | UnicodeError) -> str:
    """Return what the user can do about an error of `listen`; "" if that is not known."""
    # A gaierror is an OSError, but its numbers are others than those of `errno`.
    if isinstance(error, socket.gaierror | UnicodeError) or error.errno == errno.EADDRNOTAVAIL:
        return "; a host is an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all"
    cures = {
        errno.EADDRINUSE: "; port 0 takes a free one",
        errno.EACCES: "; choose a port above 1023",
    }
    return cures.get(error.errno or 0, "")


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
