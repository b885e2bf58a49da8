"""The way of a request of `requests` to the vendors, and of their answer back."""

from collections.abc import Callable
from typing import Any

import responses
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, Retry

from mockserver.adapters.framing import host_of
from mockserver.adapters.requests.connection_pools import pool_to
from mockserver.adapters.requests.fast_path import arrives, is_plain
from mockserver.adapters.requests.request_conversion import asked_by, origin_of
from mockserver.adapters.requests.response_conversion import received
from mockserver.model import http

network_send = responses._real_send
"""What goes to the network. `HTTPAdapter.send` may be somebody's mock when this is imported."""

_GIVEN = {"stream": False, "timeout": None, "verify": True, "cert": None, "proxies": None}
"""What may be given along with a request, in order, and what it is if it is not."""


class Vendors:
    """The hosts that are the vendors', and what is at the far end of requests to them."""

    def __init__(self, answer: http.Answer, is_ours: Callable[[str], bool]) -> None:
        self._is_ours = is_ours
        self._answer = answer

    def own(self, request: PreparedRequest) -> bool:
        """Whether a request is for a vendor's host."""
        return self._is_ours(host_of(request.url or ""))

    def pool(self, request: PreparedRequest) -> HTTPConnectionPool:
        """What `requests` sends it through."""
        return pool_to(origin_of(request.url or ""), self._answer)

    def send(
        self,
        adapter: HTTPAdapter,
        request: PreparedRequest,
        *args: Any,
        retries: Retry | None = None,
        **kwargs: Any,
    ) -> Response:
        """As `adapter` would send it; raises what `requests` raises. `retries`: those left."""
        given = {**_GIVEN, **dict(zip(_GIVEN, args, strict=False)), **kwargs}
        retries = retries or adapter.max_retries
        origin, answer = origin_of(request.url or ""), self._answer
        adapter.add_headers(request, **given)
        if is_plain(request, given["timeout"], retries):
            response = answer(asked_by(request, origin))
            if arrives(response, request, retries):
                raw = received(response, request.method or "")
                raw.retries = retries
                return adapter.build_response(request, raw)
            answer = _beginning_with(response, answer)
        ours: Any = _Adapter(adapter, pool_to(origin, answer), retries)
        return network_send(ours, request, **given)


def _beginning_with(first: http.Response, answer: http.Answer) -> http.Answer:
    """`answer`, which has given its first answer already."""
    given = [first]
    return lambda request: given.pop() if given else answer(request)


class _Adapter:
    """An adapter as it is, but for the way out: no proxy, no certificate, one pool."""

    def __init__(self, adapter: HTTPAdapter, pool: HTTPConnectionPool, retries: Retry) -> None:
        self._adapter = adapter
        self._pool = pool
        self.max_retries = retries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def get_connection_with_tls_context(self, *_: object, **__: object) -> HTTPConnectionPool:
        return self._pool

    def cert_verify(self, *_: object) -> None:
        pass

    def add_headers(self, *_: object, **__: object) -> None:
        """They were added before the first answer was asked for."""

    def request_url(self, request: PreparedRequest, _: object) -> str:
        return request.path_url
