"""The patch of `requests`: before the network, and before a user's mock refuses a request.

Like `responses`, it replaces `HTTPAdapter.send`. The mock that was started last, this one or a
user's, therefore answers first.
"""

from collections.abc import Callable
from copy import copy
from re import Pattern
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from requests import ConnectionError, PreparedRequest, Response
from requests.adapters import HTTPAdapter
from responses import BaseResponse, RequestsMock
from urllib3 import HTTPResponse, Retry

from mockserver.adapters.framing import Origin, origin_of, refusal_text
from mockserver.adapters.interception import (
    ActiveLayers,
    Layer,
    allowed_through,
    check_process,
    is_layer,
)
from mockserver.adapters.requests_exchange import network_send, pool_to, send
from mockserver.model.http import Answer


class VendorHosts(Protocol):
    """The methods that `VendorResponse` calls to answer requests to the vendors' hosts."""

    def origin(self, request: PreparedRequest) -> Origin | None:
        """Return the vendor's server that a request is for, or None."""

    def send(
        self, origin: Origin, adapter: HTTPAdapter, request: PreparedRequest, /, **options: object
    ) -> Response:
        """Answer as `adapter` would, with the options of `HTTPAdapter.send`."""


class VendorResponse(BaseResponse):
    """A rule for a `responses` mock that matches every request to a vendor's host."""

    def __init__(self, hosts: VendorHosts) -> None:
        super().__init__("ANY METHOD", "https://a-vendor's-host/")  # shown where nothing matches
        self._hosts = hosts
        self._adapter = HTTPAdapter()

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def __deepcopy__(self, _: object) -> Self:
        # `responses` copies a rule that is added a second time; the copy must share our state.
        return copy(self)

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Return True, and no reason, if the request is for a vendor's host."""
        return (
            (False, "Host is not a vendor's") if self._hosts.origin(request) is None else (True, "")
        )

    def get_response(self, request: PreparedRequest) -> HTTPResponse:
        """Return the vendor's response.

        Raises:
            requests.RequestException: For a fault, and for a delay beyond the timeout.
        """
        origin = self._hosts.origin(request)
        assert origin is not None, "`matches` was true"
        options = getattr(request, "req_kwargs", {})  # set by `responses`: above all the timeout
        raw: HTTPResponse = self._hosts.send(origin, self._adapter, request, **options).raw
        return raw


def knows(mock: RequestsMock, request: PreparedRequest) -> bool:
    """Return True if `mock` answers a request, or passes its host through to the network."""
    url = request.url or ""
    return any(response.matches(request)[0] for response in mock.registered()) or any(
        _names_host(prefix, url) for prefix in mock.passthru_prefixes
    )


def _names_host(prefix: str | Pattern[str], url: str) -> bool:
    """Return True if a passthrough prefix is about the URL's host, and not about any host.

    A prefix such as "https://" (moto's) passes everything through: it names no host.
    """
    elsewhere = urlsplit(url)._replace(netloc="elsewhere.invalid").geturl()
    return _begins(url, prefix) and not _begins(elsewhere, prefix)


def _begins(url: str, prefix: str | Pattern[str]) -> bool:
    return bool(prefix.match(url)) if isinstance(prefix, Pattern) else url.startswith(prefix)


class Interception:
    """Answers requests to vendors' hosts, from every thread.

    It may be started several times, and ends after the same number of stops.

    Args:
        answer: Answers a request in place of the server.
        is_vendor_host: Return True for a host, in lower case, that `answer` answers for.
        passthrough: Send other requests to the network; False makes them raise
            requests.ConnectionError.
    """

    def __init__(
        self, answer: Answer, is_vendor_host: Callable[[str], bool], *, passthrough: bool = True
    ) -> None:
        self._answer = answer
        self._is_vendor_host = is_vendor_host
        self._response = VendorResponse(self)
        self._passthrough = passthrough
        self._active = ActiveLayers()

    @property
    def response(self) -> BaseResponse:
        """A rule for a user's mock that matches every request to a vendor's host.

        `responses` drops the first of several rules that match, so rules of the user's own for
        these hosts must be added before it.
        """
        return self._response

    def layers(self) -> list[Layer]:
        """Return the layers over the functions of `requests` and of `responses`."""
        return [
            Layer(HTTPAdapter, "send", self._send),
            Layer(HTTPAdapter, "get_connection_with_tls_context", self._connect),
            Layer(RequestsMock, "_on_request", self._on_request),
        ]

    def start(self) -> None:
        """Start to intercept requests.

        Raises:
            ActiveElsewhere: While one is started in another thread.
        """
        self._active.lay(self.layers())

    def stop(self) -> None:
        """Undo the last `start`; do nothing if there is none."""
        self._active.lift()

    def origin(self, request: PreparedRequest) -> Origin | None:
        """Return the vendor's server that a request is for, or None.

        Raises:
            UsedInOtherProcess: For a vendor's request in a child of the process that started us.
        """
        origin = origin_of(request.url or "")
        if not self._is_vendor_host(origin.host):
            return None
        if self._active.process is not None:
            check_process(self._active.process)
        return origin

    def send(
        self, origin: Origin, adapter: HTTPAdapter, request: PreparedRequest, /, **options: Any
    ) -> Response:
        """Answer as `adapter` would, with the options of `HTTPAdapter.send`."""
        return send(self._answer, origin, adapter, request, **options)

    def _send(
        self, below: Any, adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Any:
        """Replace `HTTPAdapter.send`; mocks that were started later are asked first."""
        origin = self.origin(request)
        if origin is not None:
            return send(self._answer, origin, adapter, request, *args, **kwargs)
        self._check_passthrough(request)
        return below(adapter, request, *args, **kwargs)

    def _connect(
        self, below: Any, adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Any:
        """Replace `HTTPAdapter.get_connection_with_tls_context`: for requests to the network.

        A vendor's request arrives here in two cases. A user's mock has passed it through: then it
        goes to the network. Or the layer over `HTTPAdapter.send` is gone, because a user's mock
        that was started before this one was stopped before it: then it is still answered here.
        """
        if HTTPAdapter.send is network_send or is_layer(HTTPAdapter.send):
            origin = self.origin(request)
            if origin is not None:
                return pool_to(origin, self._answer)
            self._check_passthrough(request)
        return below(adapter, request, *args, **kwargs)

    def _on_request(
        self,
        below: Any,
        mock: RequestsMock,
        adapter: HTTPAdapter,
        request: PreparedRequest,
        *,
        retries: Retry | None = None,
        **kwargs: Any,
    ) -> Any:
        """Replace `RequestsMock._on_request`, because a user's mock refuses unknown requests."""
        origin = self.origin(request)
        if origin is not None and not knows(mock, request):
            return send(self._answer, origin, adapter, request, retries=retries, **kwargs)
        with allowed_through(None if origin is None else origin.host):
            return below(mock, adapter, request, retries=retries, **kwargs)

    def _check_passthrough(self, request: PreparedRequest) -> None:
        if not self._passthrough:
            host = origin_of(request.url or "").host
            raise ConnectionError(refusal_text(host), request=request)
