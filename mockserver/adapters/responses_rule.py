"""Rules of `responses`: one that answers for the vendors, and those of a user's mock.

It is imported only if the user's code imports `responses` or uses the rule.
"""

from copy import copy
from re import Pattern
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import responses
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from responses import BaseResponse, RequestsMock
from urllib3 import HTTPResponse

from mockserver.adapters.interception import is_layer
from mockserver.adapters.requests_exchange import network_send

if TYPE_CHECKING:
    from mockserver.adapters.requests import Interception


class VendorResponse(BaseResponse):
    """A rule for a `responses` mock that matches every request to a vendor's host."""

    def __init__(self, interception: "Interception") -> None:
        super().__init__("ANY METHOD", "https://a-vendor's-host/")  # shown if nothing matches
        self._interception = interception
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
            (False, "Host is not a vendor's")
            if self._interception.origin(request) is None
            else (True, "")
        )

    def get_response(self, request: PreparedRequest) -> HTTPResponse:
        """Return the vendor's response.

        Raises:
            requests.RequestException: For a fault, and for a delay beyond the timeout.
        """
        origin = self._interception.origin(request)
        assert origin is not None, "`matches` was true"
        options = getattr(request, "req_kwargs", {})  # set by `responses`: above all the timeout
        raw: HTTPResponse = self._interception.send(origin, self._adapter, request, **options).raw
        return raw


def handles(mock: RequestsMock, request: PreparedRequest) -> bool:
    """Return True if `mock` answers a request, or passes its host through to the network."""
    url = request.url or ""
    return any(response.matches(request)[0] for response in mock.registered()) or any(
        _names_host(prefix, url) for prefix in mock.passthru_prefixes
    )


def lead_to_network(mock: RequestsMock) -> None:
    """Make `mock` pass requests to the network.

    A `responses` that was imported while a mock of ours was active has taken our function for the
    network's. A function that the user gave to `mock` is not changed.
    """
    if mock._real_send is responses._real_send and is_layer(responses._real_send):
        mock._real_send = network_send


def _names_host(prefix: str | Pattern[str], url: str) -> bool:
    """Return True if a passthrough prefix matches the URL, but not the same URL of another host.

    A prefix such as "https://" (moto's) names no host: it passes everything through.
    """
    elsewhere = urlsplit(url)._replace(netloc="elsewhere.invalid").geturl()
    return _begins(url, prefix) and not _begins(elsewhere, prefix)


def _begins(url: str, prefix: str | Pattern[str]) -> bool:
    return bool(prefix.match(url)) if isinstance(prefix, Pattern) else url.startswith(prefix)
