"""A server on loopback that forwards requests to a namespace of another server.

A client sends a vendor's own host and path. The relay puts the namespace's path before it. If the
other server breaks a connection, the relay breaks its own in the same way.
"""

import http.client
import ssl
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.model.clock import machine_date
from mockserver.model.errors import ConfigurationError
from mockserver.model.http import Fault, Request, Response, json_response
from mockserver.server import WireServer, listen
from mockserver.server.proxy import ForwardProxy, OtherHosts
from mockserver.server.upstream_proxies import UpstreamProxies

_LOOPBACK = "127.0.0.1"
_TIMEOUT = 300  # seconds: longer than any delay that a test waits for
_OF_THE_CONNECTION = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})
_FAULTS: Sequence[tuple[type[Exception], Fault]] = (
    (http.client.RemoteDisconnected, Fault.EMPTY_RESPONSE),
    (ConnectionResetError, Fault.CONNECTION_RESET_BY_PEER),
    (http.client.BadStatusLine, Fault.RANDOM_DATA_THEN_CLOSE),
    (http.client.IncompleteRead, Fault.MALFORMED_RESPONSE_CHUNK),
)
"""The fault for each exception of a broken connection; the first row that matches is used."""


class Relay:
    """Sends requests to another server.

    Args:
        url: The address of the namespace, `http://host:port/ns/name`.

    Raises:
        ConfigurationError: The address is not one of http or https.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError("--url must begin with http:// or https:// and name a host")
        self._parts = parts
        self._root = parts.path.rstrip("/")

    def answer(self, request: Request) -> Response:
        """Return the other server's response; a fault if that server breaks the connection."""
        connection = self._connection()
        try:
            return self._exchange(connection, request)
        except (OSError, http.client.HTTPException) as error:
            return _broken(error)
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=_TIMEOUT, context=context)

    def _exchange(self, connection: http.client.HTTPConnection, request: Request) -> Response:
        connection.putrequest(
            request.method,
            f"{self._root}{request.target}",
            skip_host=True,
            skip_accept_encoding=True,
        )
        for name, value in request.headers.pairs:
            if name.lower() not in _OF_THE_CONNECTION:
                connection.putheader(name, value.encode("latin-1"))
        if request.body or "content-length" in request.headers:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)
        answer = connection.getresponse()
        headers = tuple(
            pair for pair in answer.getheaders() if pair[0].lower() not in _OF_THE_CONNECTION
        )
        return Response(answer.status, headers, answer.read())


def _broken(error: Exception) -> Response:
    for kind, fault in _FAULTS:
        if isinstance(error, kind):
            return Response(200, fault=fault)
    detail = "the server at --url cannot be reached"
    return json_response(502, {"title": "Bad Gateway", "status": 502, "detail": detail})


def relay_server(
    url: str,
    hosts: Sequence[str],
    upstream: Mapping[str, str],
) -> tuple[WireServer, ServerCertificates]:
    """Return a server on a free port of loopback, and its certificates.

    Args:
        url: The address of the namespace that responds.
        hosts: The vendors' hosts, whose requests are relayed.
        upstream: The proxies that all other hosts are reached through.
    """
    certificates = ServerCertificates(hosts)
    listener = listen(_LOOPBACK, 0)
    proxy = ForwardProxy(
        frozenset(hosts).__contains__,
        listener.getsockname()[1],
        (_LOOPBACK,),
        OtherHosts.REACHED,
        UpstreamProxies.of(upstream),
    )
    server = WireServer(
        Relay(url).answer,
        listener=listener,
        tls=certificates.server_context,
        proxy=proxy,
        in_thread=lambda _request: True,
        http_date=machine_date,
    )
    return server, certificates
