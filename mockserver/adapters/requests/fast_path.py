"""Sending requests to vendors' hosts, without a connection pool wherever a pool adds nothing."""

import string
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from mockserver.adapters.framing import Origin
from mockserver.adapters.requests.connection_pools import pool_to, send_through_pool
from mockserver.adapters.requests.messages import prepared_request, read_response
from mockserver.model import http

# The characters of a target that urllib3 does not change.
_UNCHANGED = f"{string.ascii_letters}{string.digits}-._~!$&'()*+,;=:@/?"

# The options of `HTTPAdapter.send` in order, with their defaults.
_OPTIONS = {"stream": False, "timeout": None, "verify": True, "cert": None, "proxies": None}


def send(
    answer: http.Answer,
    origin: Origin,
    adapter: HTTPAdapter,
    request: PreparedRequest,
    *args: Any,
    retries: Retry | None = None,
    **kwargs: Any,
) -> Response:
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
    if _needs_no_pool(request, options["timeout"], retries):
        response = answer(prepared_request(request, origin))
        if _is_final(response, request, retries):
            raw = read_response(response, request.method or "", request.path_url)
            raw.retries = retries
            return adapter.build_response(request, raw)
        answer = _beginning_with(response, answer)
    return send_through_pool(adapter, request, pool_to(origin, answer), retries, options)


def _needs_no_pool(request: PreparedRequest, timeout: Any, retries: object) -> bool:
    """Return True if urllib3 would send the request as it is and accept its options."""
    if not isinstance(retries, Retry) or not isinstance(request.body, (type(None), bytes, str)):
        return False
    valid = timeout is None or (type(timeout) in (int, float) and timeout > 0)
    return valid and not request.path_url.strip(_UNCHANGED)


def _is_final(response: http.Response, request: PreparedRequest, retries: Retry) -> bool:
    """Return True if the answer comes whole and at once, and urllib3 would not retry."""
    if response.fault is not None or response.delay:
        return False
    has_retry_after = any(name.lower() == "retry-after" for name, _ in response.headers)
    return not retries.is_retry(request.method or "", response.status, has_retry_after)


def _beginning_with(first: http.Response, answer: http.Answer) -> http.Answer:
    """Return `answer` with its first response given: the request must not be answered twice."""
    given = [first]
    return lambda request: given.pop() if given else answer(request)
