"""Find the namespace, the vendor and the endpoint of a request: by `Host`, prefix or path."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from mockserver.model.errors import Refusal, UnknownPath, WrongMethod
from mockserver.model.http import Request, RoutedRequest
from mockserver.model.memo import remember
from mockserver.model.vendor import Call, Endpoint, Vendor

Hosts = Mapping[str, Sequence[str]]
C = TypeVar("C")

NAMESPACE = "/ns/"
"""The beginning of a path that names a namespace."""


class Match(NamedTuple, Generic[C]):
    """An endpoint that answers at a path, and the values of the parameters in its path."""

    endpoint: Endpoint[C]
    parameters: Mapping[str, str]


class Routes(Generic[C]):
    """The paths of some endpoints, in their order; paths without parameters come first."""

    def __init__(self, endpoints: Iterable[Endpoint[C]], *, optional_slash: bool = False) -> None:
        self._optional_slash = optional_slash
        self._literal: dict[str, list[Match[C]]] = {}
        self._patterns: list[tuple[re.Pattern[str], Endpoint[C]]] = []
        for endpoint in endpoints:
            for path in endpoint.paths:
                self._add(path, endpoint)

    def find(self, path: str) -> list[Match[C]]:
        """Return the endpoints at `path`, one for each method; an empty list if there is none."""
        if self._optional_slash and path.endswith("/"):
            path = path[:-1]
        literal = self._literal.get(path)
        if literal is not None:
            return literal
        found = [(pattern.fullmatch(path), endpoint) for pattern, endpoint in self._patterns]
        return [Match(endpoint, match.groupdict()) for match, endpoint in found if match]

    def select(self, path: str, method: str) -> Match[C]:
        """Return the endpoint for a request; HEAD is answered by GET.

        Raises:
            UnknownPath: no endpoint has this path.
            WrongMethod: the endpoints at this path have other methods.
        """
        matches = self.find(path)
        if not matches:
            raise UnknownPath(path)
        wanted = "GET" if method == "HEAD" else method
        for match in matches:
            if match.endpoint.method == wanted:
                return match
        raise WrongMethod(tuple(match.endpoint.method for match in matches))

    def _add(self, path: str, endpoint: Endpoint[C]) -> None:
        if "<" in path or endpoint.ignore_case:
            flags = re.IGNORECASE if endpoint.ignore_case else re.NOFLAG
            self._patterns.append((re.compile(_expression(path), flags), endpoint))
        else:
            self._literal.setdefault(path, []).append(Match(endpoint, {}))


class Destination(NamedTuple):
    """The vendor that a request is for, and its endpoint; None if there is a `refusal`."""

    vendor: Vendor[Any]
    match: Match[Call[Any]] | None
    refusal: Refusal | None = None


_REMEMBERED = 256  # routes
_RouteKey = tuple[str | None, str, str]
_Names = tuple[str | None, str | None, str]
_Owner = tuple[Vendor[Any], Routes[Call[Any]]]


class VendorRouter:
    """The hosts, prefixes and paths of all vendors.

    `hosts` has further hosts by vendor; the attribute of this name has all of them.
    """

    def __init__(self, vendors: Sequence[Vendor[Any]], hosts: Hosts) -> None:
        self._vendors = {
            vendor.name: (
                vendor,
                Routes((*vendor.endpoints, *vendor.pages), optional_slash=vendor.optional_slash),
            )
            for vendor in vendors
        }
        self.hosts = {
            vendor.name: (*vendor.hosts, *hosts.get(vendor.name, ())) for vendor in vendors
        }
        self._hosts = {
            host.lower(): self._vendors[name] for name, own in self.hosts.items() for host in own
        }
        endpoints = [endpoint for vendor in vendors for endpoint in vendor.endpoints]
        paths = [path for endpoint in endpoints for path in endpoint.paths]
        # Most requests are for one of these paths, so that no vendor has to be searched.
        self._literal = {path: self._owner(path) for path in paths}
        # By Host, method and path: clients send the same ones again and again.
        self._known: dict[_RouteKey, tuple[_Names, Destination]] = {}

    def knows(self, host: str) -> bool:
        """Return True if a host is a vendor's, in any case."""
        return host.lower() in self._hosts

    def route(self, request: Request) -> tuple[RoutedRequest, Destination | None]:
        """Return the request with the names of its vendor and endpoint, and its destination.

        The `Host` header determines the vendor; otherwise the first segment of the path; otherwise
        the whole path. The destination is None if none of them belongs to a vendor.
        """
        key = request.headers.get("host"), request.method, request.path
        known = self._known.get(key)
        if known is None:
            routed, destination = self._route(request)
            if destination is not None and destination.match is not None:
                remember(self._known, key, (routed[1:4], destination), _REMEMBERED)
            return routed, destination
        (vendor, endpoint, path), destination = known
        # See `new_response`.
        routed = tuple.__new__(RoutedRequest, (request, vendor, endpoint, path, None))
        return routed, destination

    def _route(self, request: Request) -> tuple[RoutedRequest, Destination | None]:
        by_host = self._hosts.get(host_name(request))
        if by_host is not None:
            return _routed(by_host, request, request.path)
        prefix, slash, rest = request.path[1:].partition("/")
        by_prefix = self._vendors.get(prefix)
        if by_prefix is not None:
            return _routed(by_prefix, request, slash + rest or "/")
        by_path = self._literal.get(request.path) or self._owner(request.path)
        if by_path is not None:
            return _routed(by_path, request, request.path)
        return RoutedRequest(request, None, None, request.path), None

    def _owner(self, path: str) -> _Owner | None:
        owners = self._vendors.values()
        return next(((vendor, routes) for vendor, routes in owners if routes.find(path)), None)


def host_name(request: Request) -> str:
    """Return the Host without port, in lower case: "[::1]" for an IPv6 address; "" for none."""
    host = (request.headers.get("host") or "").strip().lower()
    bare = host.endswith("]") or ":" not in host
    name = host if bare else host.rpartition(":")[0]
    return name.rstrip(".")


def _routed(owner: _Owner, request: Request, path: str) -> tuple[RoutedRequest, Destination]:
    vendor, routes = owner
    try:
        match = routes.select(path, request.method)
    except Refusal as refusal:
        return RoutedRequest(request, vendor.name, None, path), Destination(vendor, None, refusal)
    routed = RoutedRequest(request, vendor.name, match.endpoint.name, path)
    return routed, Destination(vendor, match)


def _expression(path: str) -> str:
    """Return a regular expression for a path; text beside its parameters is taken literally.

    A parameter takes one segment, `<name>`, or all that follows, slashes too, `<path:name>`.
    """
    parts = re.split(r"<(\w+|path:\w+)>", path)
    return "".join(
        _group(part) if position % 2 else re.escape(part) for position, part in enumerate(parts)
    )


def _group(parameter: str) -> str:
    name = parameter.removeprefix("path:")
    return f"(?P<{name}>{'[^/]+' if name == parameter else '.+'})"


def without_namespace(request: Request) -> tuple[str, Request]:
    """Return the namespace that a path begins with, and the request without it."""
    prefix, path = split_namespace(request.path)
    if not prefix:
        return "", request
    name = prefix.removeprefix(NAMESPACE) or "?"
    return name, request.at(path, _below(prefix, request.target))


def split_namespace(path: str) -> tuple[str, str]:
    """Split a path into its namespace prefix, "/ns/name" or "", and the rest."""
    if not path.startswith(NAMESPACE):
        return "", path
    name, slash, rest = path.removeprefix(NAMESPACE).partition("/")
    return NAMESPACE + name, slash + rest or "/"


def _below(prefix: str, target: str) -> str:
    """Return a request target without a prefix, "" if the prefix is spelled otherwise in it."""
    rest = target.removeprefix(prefix)
    if rest == target or not rest.startswith(("/", "?")):
        return ""
    return rest if rest.startswith("/") else f"/{rest}"
