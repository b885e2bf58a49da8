"""Where requests are taken: before the network, and before a user's mock refuses them.

Like `responses` we take the place of `HTTPAdapter.send`, so the mock that was started last is
asked first, ours or a user's.
"""

from collections.abc import Callable
from typing import Any

from requests import ConnectionError, PreparedRequest
from requests.adapters import HTTPAdapter
from responses import BaseResponse, RequestsMock
from urllib3 import Retry

from mockserver.adapters.framing import host_of
from mockserver.adapters.interception import Layer, Stack
from mockserver.adapters.requests.coexistence import knows
from mockserver.adapters.requests.vendor_adapter import Vendors, network_send
from mockserver.adapters.requests.vendor_response import VendorResponse
from mockserver.model.http import Answer

_STACK = Stack()


class Interception:
    """Answers requests to the hosts for which `is_ours` is true, from every thread.

    It may be started again while it is started, and ends with as many stops. Other requests go
    where they would have gone; with `passthrough=False` they raise requests' ConnectionError.
    """

    def __init__(
        self, answer: Answer, is_ours: Callable[[str], bool], *, passthrough: bool = True
    ) -> None:
        self._vendors = Vendors(answer, is_ours)
        self._response = VendorResponse(self._vendors)
        self._passthrough = passthrough
        self._started: list[tuple[Layer, ...]] = []

    @property
    def response(self) -> BaseResponse:
        """Our answer, to be added to a user's mock; it claims every request to our hosts.

        `responses` drops the first of several that match: add rules for our hosts before it.
        """
        return self._response

    def start(self) -> None:
        """Answer from now on. Raises ActiveElsewhere while one is started in another thread."""
        layers = (
            Layer(HTTPAdapter, "send", self._send),
            Layer(HTTPAdapter, "get_connection_with_tls_context", self._connect),
            Layer(RequestsMock, "_on_request", self._on_request),
        )
        _STACK.enter(layers)
        self._started.append(layers)

    def stop(self) -> None:
        """Answer no more, and leave everything as it was. Does nothing if it is not started."""
        if self._started:
            _STACK.leave(self._started.pop())

    def _send(
        self, below: Any, adapter: Any, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Any:
        """Every request that no mock started after us has answered."""
        if self._vendors.own(request):
            return self._vendors.send(adapter, request, *args, **kwargs)
        self._check(request)
        return below(adapter, request, *args, **kwargs)

    def _connect(
        self, below: Any, adapter: Any, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Any:
        """A request on its way to the network: past us, if a user's mock let it through.

        If there is none, one that was started before us has been stopped before us, and has
        taken us out of `HTTPAdapter.send` with it.
        """
        if HTTPAdapter.send is network_send or isinstance(HTTPAdapter.send, Layer):
            if self._vendors.own(request):
                return self._vendors.pool(request)
            self._check(request)
        return below(adapter, request, *args, **kwargs)

    def _on_request(
        self,
        below: Any,
        mock: RequestsMock,
        adapter: Any,
        request: PreparedRequest,
        *,
        retries: Retry | None = None,
        **kwargs: Any,
    ) -> Any:
        """A request that has come to a user's mock, which refuses what it does not know."""
        if self._vendors.own(request) and not knows(mock, request):
            return self._vendors.send(adapter, request, retries=retries, **kwargs)
        return below(mock, adapter, request, retries=retries, **kwargs)

    def _check(self, request: PreparedRequest) -> None:
        if not self._passthrough:
            host = host_of(request.url or "")
            text = f"Connection refused: {host} is no vendor's host, and passthrough is off"
            raise ConnectionError(text, request=request)
