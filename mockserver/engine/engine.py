"""From a request to a vendor's answer. Every door calls this, so no two can differ."""

import logging
from collections.abc import Sequence
from typing import Any

from mockserver.core.body import check_length
from mockserver.core.errors import InternalError, Refusal
from mockserver.core.http import Request, Response
from mockserver.core.vendor import Call, Realm, Vendor
from mockserver.engine import cors
from mockserver.engine.addressing import AddressBook, Addressed, Hosts
from mockserver.engine.nobody import nobody
from mockserver.engine.state import State

_log = logging.getLogger("mockserver")


class Engine:
    """The vendors and one state of theirs. `hosts`: hosts beyond the vendors' own, by vendor."""

    def __init__(self, vendors: Sequence[Vendor[Any]], state: State, hosts: Hosts) -> None:
        self.vendors = tuple(vendors)
        self.state = state
        self.hosts = hosts
        self._book = AddressBook(vendors, hosts)

    def answer(self, request: Request) -> Response:
        """The vendor's answer, whatever the request; 404 and problem details if it is nobody's.

        Carries a `Date` by the state's clock. An answer to HEAD still has its body: the door
        leaves it out.
        """
        addressed = self._book.vendor_of(request)
        if addressed is None:
            response = nobody(request, self.vendors)
        else:
            response = _vendor_answer(addressed, self.state.realm(addressed.vendor))
        return response.with_headers(("Date", self.state.clock.http_date()))


def _vendor_answer(addressed: Addressed, realm: Realm[Any]) -> Response:
    vendor, request = addressed.vendor, addressed.request
    if vendor.cors and request.method == "OPTIONS":
        return cors.preflight(vendor.cors)
    try:
        response = _call(addressed, realm)
    except Refusal as refusal:
        response = vendor.refuse(refusal, request)
    except Exception:
        _log.exception("%s %s of %s failed", request.method, request.path, vendor.name)
        response = vendor.refuse(InternalError(), request)
    return response.with_headers(cors.ANY_ORIGIN) if vendor.cors else response


def _call(addressed: Addressed, realm: Realm[Any]) -> Response:
    request = addressed.request
    endpoint, parameters = addressed.routes.select(request.path, request.method)
    check_length(request)
    return endpoint.handler(Call(request, parameters, realm))
