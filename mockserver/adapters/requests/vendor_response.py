"""Our answer as a response object of `responses`."""

from copy import copy
from typing import Self

import responses
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from mockserver.adapters.requests.vendor_adapter import Vendors


class VendorResponse(responses.BaseResponse):
    """Claims every request to a vendor's host, whatever its method and path."""

    def __init__(self, vendors: Vendors) -> None:
        super().__init__("ANY METHOD", "https://a-vendor's-host/")  # shown where nothing matches
        self._vendors = vendors
        self._adapter = HTTPAdapter()

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def __deepcopy__(self, _: object) -> Self:
        return copy(self)  # what `responses` adds the second time: it has the same state

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Whether the request is for a vendor's host."""
        return (True, "") if self._vendors.own(request) else (False, "Host is no vendor's")

    def get_response(self, request: PreparedRequest) -> HTTPResponse:
        """The vendor's answer; raises what `requests` raises for a fault or a long delay."""
        sent = getattr(request, "req_kwargs", {})  # by `responses`: the timeout above all
        raw: HTTPResponse = self._vendors.send(self._adapter, request, **sent).raw
        return raw
