"""The answer to a request that no vendor claims."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from mockserver.model.http import Request, Response
from mockserver.model.problem import problem
from mockserver.model.vendor import Vendor

_NEAREST = 3


def nobody(request: Request, vendors: Sequence[Vendor[Any]]) -> Response:
    """404, problem details, and the endpoints whose method and path come nearest."""
    asked = f"{request.method} {request.path}"[:200]  # comparing costs length times length
    endpoints = [
        f"{endpoint.method} /{vendor.name}{path}"
        for vendor in vendors
        for endpoint in vendor.endpoints
        for path in endpoint.paths
    ]
    endpoints.sort(key=lambda line: SequenceMatcher(None, asked, line).ratio(), reverse=True)
    return problem(404, "No vendor has this path.", nearest=endpoints[:_NEAREST])
