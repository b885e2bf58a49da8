"""Which vendor a request is for: by `Host`, by prefix, or by its path."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from mockserver.core.http import Request
from mockserver.core.vendor import Call, Vendor
from mockserver.engine.routes import Routes

Hosts = Mapping[str, Sequence[str]]


class Addressed(NamedTuple):
    """A vendor, its routes, and the request with a path as the vendor sees it."""

    vendor: Vendor[Any]
    routes: Routes[Call[Any]]
    request: Request


class AddressBook:
    """The hosts, prefixes and paths of all vendors. `hosts`: further hosts, by vendor."""

    def __init__(self, vendors: Sequence[Vendor[Any]], hosts: Hosts) -> None:
        self._routes = {vendor.name: (vendor, _routes(vendor)) for vendor in vendors}
        self._hosts = {
            host.lower(): self._routes[vendor.name]
            for vendor in vendors
            for host in (*vendor.hosts, *hosts.get(vendor.name, ()))
        }

    def vendor_of(self, request: Request) -> Addressed | None:
        """The vendor that is meant: the Host's, or the prefix's, or the path's; else None."""
        by_host = self._hosts.get(host_name(request))
        if by_host is not None:
            return Addressed(*by_host, request)
        return self._by_prefix(request) or self._by_path(request)

    def _by_prefix(self, request: Request) -> Addressed | None:
        prefix, slash, rest = request.path[1:].partition("/")
        found = self._routes.get(prefix)
        return Addressed(*found, replace(request, path=slash + rest or "/")) if found else None

    def _by_path(self, request: Request) -> Addressed | None:
        for vendor, routes in self._routes.values():
            if routes.find(request.path):
                return Addressed(vendor, routes, request)
        return None


def _routes(vendor: Vendor[Any]) -> Routes[Call[Any]]:
    return Routes(vendor.endpoints, optional_slash=vendor.optional_slash)


def host_name(request: Request) -> str:
    """The Host without port, in lower case: "[::1]" for an IPv6 address; "" where none came."""
    host = (request.headers.get("host") or "").strip().lower()
    name, bracket, _ = host.partition("]")
    return name + bracket if bracket else host.partition(":")[0].rstrip(".")
