"""Our HTTP/1.1 server, with connections that break, delay and refuse on demand.

`WireServer` answers by one function from Request to Response, at a socket made by `listen`;
`server_of` makes one of an `Application`. `workers.Workers` are several processes at one socket.
"""

import logging
import socket
from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from mockserver.admin.application import Application
from mockserver.model.clock import real_seconds
from mockserver.model.http import Request, Response
from mockserver.server.event_loop import listen
from mockserver.server.http_server import WireServer
from mockserver.server.limits import Limits
from mockserver.server.proxy import ForwardProxy, OtherHosts
from mockserver.server.server_state import LongPolls
from mockserver.server.upstream_proxies import UpstreamProxies

__all__ = ["Limits", "LongPolls", "WireServer", "listen", "server_of"]

_log = logging.getLogger("mockserver.requests")


def server_of(  # noqa: PLR0913 - by name only
    application: Application,
    listener: socket.socket,
    names: Sequence[str] = (),
    *,
    offline: bool = False,
    verbose: bool = False,
    upstream: Mapping[str, str] | None = None,
) -> WireServer:
    """Return a server that answers as `application` does, also over TLS and as a proxy.

    Args:
        application: It has the certificates, too.
        listener: A listening socket. The proxy reaches other hosts only if it is on loopback.
        names: Further names and addresses of the server.
        offline: Refuse requests for other hosts.
        verbose: Log a line for each request, without secrets.
        upstream: The proxies that other hosts are reached through, by scheme, and under "no" the
            hosts that need none, as `urllib.request.getproxies_environment` returns them.

    Raises:
        ConfigurationError: The address of a proxy cannot be used.
    """
    address, port = listener.getsockname()[:2]
    is_vendor, known = application.engine.router.knows, (address, *names)
    reached, upstreams = _other_hosts(address, offline), UpstreamProxies.of(upstream or {})
    # With `verbose` each request is answered alone, so that its line in the log can state its
    # result.
    together = application.shared and not verbose
    return WireServer(
        _RequestLog(application).answer if verbose else application.answer,
        listener=listener,
        tls=application.certificates.server_context,
        proxy=ForwardProxy(is_vendor, port, known, reached, upstreams),
        in_thread=(lambda _: True) if verbose else application.may_block,
        http_date=application.http_date,
        long_polls=LongPolls(application.may_wait, application.release_waiters),
        answer_all=application.answer_all if together else None,
    )


def _other_hosts(address: str, offline: bool) -> OtherHosts:
    """Return which requests for other hosts the proxy of a server at `address` passes on."""
    if offline:
        return OtherHosts.OFFLINE
    return OtherHosts.REACHED if ip_address(address).is_loopback else OtherHosts.VENDORS_ONLY


class _RequestLog:
    """Answers as an application does, and logs a line for each request."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        begin = real_seconds()
        response = self._application.answer(request)
        milliseconds = (real_seconds() - begin) * 1000
        outcome = response.fault or response.status
        reason = self._application.reason_of(request, response)
        why = f" ({reason})" if reason else ""
        shown = self._application.shown(request)
        _log.info("%s -> %s%s, %.0f ms", shown, outcome, why, milliseconds)
        return response
