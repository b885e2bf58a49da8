"""The patch of `requests`: it answers before the network, and before a user's mock refuses.

Like `responses`, it replaces `HTTPAdapter.send`. The mock that was started last, this one or a
user's, therefore answers first. Responses that are late, broken, retried or refused go through a
pool of urllib3.
"""

import string
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from requests import ConnectionError, PreparedRequest
from requests import Response as ClientResponse
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
from mockserver.adapters.requests_exchange import (
    network_send,
    pool_to,
    prepared_request,
    read_response,
    send_through_pool,
)
from mockserver.model.http import Answer, Response

if TYPE_CHECKING:
    from responses import BaseResponse, RequestsMock

# The characters of a target that urllib3 does not change.
_UNCHANGED = f"{string.ascii_letters}{string.digits}-._~!$&'()*+,;=:@/?"

# The options of `HTTPAdapter.send` in order, with their defaults.
_OPTIONS = {"stream": False, "timeout": None, "verify": True, "cert": None, "proxies": None}


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
    ) -> ClientResponse:
        """Answer as `adapter` would, with the options of `HTTPAdapter.send`."""
        return send(self._answer, origin, adapter, request, **options)

    def _send(
        self, below: Any, adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Any:
        """Replace `HTTPAdapter.send`; mocks that were started later answer before it."""
        origin = self.origin(request)
        if origin is not None:
            return send(self._answer, origin, adapter, request, *args, **kwargs)
        self._check_passthrough(request)
        return below(adapter, request, *args, **kwargs)

    def _connect(
        self, below: Any, adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Any:
        """Replace `HTTPAdapter.get_connection_with_tls_context`: for requests to the network.

        A vendor's request arrives here in two cases. In the first, a user's mock has passed it
        through: it goes to the network. In the second, the layer over `HTTPAdapter.send` is gone,
        because a user's mock that was started before this one was stopped before it: the request
        is answered here.
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


def send(
    answer: Answer,
    origin: Origin,
    adapter: HTTPAdapter,
    request: PreparedRequest,
    *args: Any,
    retries: Retry | None = None,
    **kwargs: Any,
) -> ClientResponse:
    """Send a request to `answer` instead of the network, as `adapter` would send it.

    Args:
        answer: Answers in place of the server.
        origin: The server that the request's URL names.
        adapter: The adapter of the session; it adds headers and builds the response.
        request: The request.
        args: Further arguments of `HTTPAdapter.send`, by position.
        retries: The retries that are left; None for the adapter's own.
        kwargs: Further arguments of `HTTPAdapter.send`, by name.

    Raises:
        requests.RequestException: For a fault, a timeout, and retries that are used up.
    """
    options = {**_OPTIONS, **dict(zip(_OPTIONS, args, strict=False)), **kwargs}
    retries = retries or adapter.max_retries
    adapter.add_headers(request, **options)
    target = request.path_url
    if _needs_no_pool(request, target, options["timeout"], retries):
        response = answer(prepared_request(request, origin, target))
        if _is_final(response, request, retries):
            raw = read_response(response, request.method or "", target)
            raw.retries = retries
            return adapter.build_response(request, raw)
        answer = _beginning_with(response, answer)
    return send_through_pool(adapter, request, pool_to(origin, answer), retries, options)


def _needs_no_pool(request: PreparedRequest, target: str, timeout: Any, retries: object) -> bool:
    """Return True if urllib3 would send the request as it is and accept its options."""
    if not isinstance(retries, Retry) or not isinstance(request.body, (type(None), bytes, str)):
        return False
    valid = timeout is None or (type(timeout) in (int, float) and timeout > 0)
    return valid and not target.strip(_UNCHANGED)


def _is_final(response: Response, request: PreparedRequest, retries: Retry) -> bool:
    """Return True if the response comes whole and at once, and urllib3 would not retry."""
    if response.fault is not None or response.delay:
        return False
    has_retry_after = any(name.lower() == "retry-after" for name, _ in response.headers)
    return not retries.is_retry(request.method or "", response.status, has_retry_after)


def _beginning_with(first: Response, answer: Answer) -> Answer:
    """Return `answer` with its first response given: the request must not be answered twice."""
    given = [first]
    return lambda request: given.pop() if given else answer(request)
