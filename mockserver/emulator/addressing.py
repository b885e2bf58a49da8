"""Which vendor a request is for: by `Host`, by prefix, or by its path."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.emulator.routing import Match, Routes
from mockserver.model.errors import Refusal
from mockserver.model.http import Request, RoutedRequest
from mockserver.model.vendor import Call, Vendor

Hosts = Mapping[str, Sequence[str]]


_Owner = tuple[Vendor[Any], Routes[Call[Any]]]


class Visit(NamedTuple):
    """A request that has found its vendor, None where it is nobody's.

    `request`: with a path as the vendor sees it. `match`: the endpoint; None where `refusal`
    says why there is none.
    """

    routed: RoutedRequest
    request: Request
    vendor: Vendor[Any] | None = None
    match: Match[Call[Any]] | None = None
    refusal: Refusal | None = None


class AddressBook:
    """The hosts, prefixes and paths of all vendors. `hosts`: further hosts, by vendor."""

    def __init__(self, vendors: Sequence[Vendor[Any]], hosts: Hosts) -> None:
        self._vendors = {vendor.name: (vendor, _routes(vendor)) for vendor in vendors}
        self.hosts = {
            vendor.name: (*vendor.hosts, *hosts.get(vendor.name, ())) for vendor in vendors
        }
        self._hosts = {
            host.lower(): self._vendors[name] for name, own in self.hosts.items() for host in own
        }
        endpoints = [endpoint for vendor in vendors for endpoint in vendor.endpoints]
        paths = [path for endpoint in endpoints for path in endpoint.paths]
        self._at_hand = {path: self._owner(path) for path in paths}  # most requests are for these

    def knows(self, host: str) -> bool:
        """Whether a host is a vendor's, in any case."""
        return host.lower() in self._hosts

    def receive(self, request: Request) -> Visit:
        """The vendor that is meant, the Host's, the prefix's or the path's, and its endpoint."""
        by_host = self._hosts.get(host_name(request))
        if by_host is not None:
            return _visit(*by_host, request, request)
        prefix, slash, rest = request.path[1:].partition("/")
        by_prefix = self._vendors.get(prefix)
        if by_prefix is not None:
            return _visit(*by_prefix, request, request.at(slash + rest or "/"))
        by_path = self._at_hand.get(request.path) or self._owner(request.path)
        if by_path is not None:
            return _visit(*by_path, request, request)
        return Visit(RoutedRequest(request, None, None, request.path), request)

    def _owner(self, path: str) -> _Owner | None:
        owners = self._vendors.values()
        return next(((vendor, routes) for vendor, routes in owners if routes.find(path)), None)


def _visit(
    vendor: Vendor[Any], routes: Routes[Call[Any]], sent: Request, request: Request
) -> Visit:
    try:
        match = routes.select(request.path, request.method)
    except Refusal as refusal:
        return Visit(
            RoutedRequest(sent, vendor.name, None, request.path), request, vendor, refusal=refusal
        )
    routed = RoutedRequest(sent, vendor.name, match.endpoint.name, request.path)
    return Visit(routed, request, vendor, match)


def _routes(vendor: Vendor[Any]) -> Routes[Call[Any]]:
    return Routes(vendor.endpoints, optional_slash=vendor.optional_slash)


def host_name(request: Request) -> str:
    """The Host without port, in lower case: "[::1]" for an IPv6 address; "" where none came."""
    host = (request.headers.get("host") or "").strip().lower()
    bare = host.endswith("]") or ":" not in host
    name = host if bare else host.rpartition(":")[0]
    return name.rstrip(".")
