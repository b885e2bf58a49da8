"""The patch of `requests`: before the network, and before a user's mock refuses a request.

Like `responses`, it replaces `HTTPAdapter.send`. The mock that was started last, this one or a
user's, therefore answers first.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from requests import ConnectionError, PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from mockserver.adapters.framing import Origin, origin_of, refusal_text
from mockserver.adapters.interception import (
    ActiveLayers,
    LateLayer,
    Layer,
    allowed_through,
    check_process,
    is_layer,
)
from mockserver.adapters.requests_exchange import network_send, pool_to, send
from mockserver.model.http import Answer

if TYPE_CHECKING:
    from responses import BaseResponse, RequestsMock


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
        self._passthrough = passthrough
        self._active = ActiveLayers()

    @cached_property
    def response(self) -> "BaseResponse":
        """A rule for a user's mock that matches every request to a vendor's host.

        `responses` drops the first of several rules that match, so rules of the user's own for
        these hosts must be added before it.
        """
        from mockserver.adapters.responses_rule import VendorResponse  # noqa: PLC0415 - rarely

        return VendorResponse(self)

    def layers(self) -> list[Layer]:
        """Return the layers over the functions of `requests` and of `responses`."""
        return [
            Layer(HTTPAdapter, "send", self._send),
            Layer(HTTPAdapter, "get_connection_with_tls_context", self._connect),
            LateLayer("responses", "RequestsMock", "_on_request", self._on_request),
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
        mock: "RequestsMock",
        adapter: HTTPAdapter,
        request: PreparedRequest,
        *,
        retries: Retry | None = None,
        **kwargs: Any,
    ) -> Any:
        """Replace `RequestsMock._on_request`, because a user's mock refuses unknown requests."""
        from mockserver.adapters import responses_rule  # noqa: PLC0415 - `responses` is imported

        origin = self.origin(request)
        if origin is not None and not responses_rule.handles(mock, request):
            return send(self._answer, origin, adapter, request, retries=retries, **kwargs)
        responses_rule.lead_to_network(mock)
        with allowed_through(None if origin is None else origin.host):
            return below(mock, adapter, request, retries=retries, **kwargs)

    def _check_passthrough(self, request: PreparedRequest) -> None:
        if not self._passthrough:
            host = origin_of(request.url or "").host
            raise ConnectionError(refusal_text(host), request=request)
