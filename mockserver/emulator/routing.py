"""Which endpoints are at a path."""

import re
from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from mockserver.model.errors import UnknownPath, WrongMethod
from mockserver.model.vendor import Endpoint

C = TypeVar("C")


class Match(NamedTuple, Generic[C]):
    """An endpoint that answers at a path, and what stands in the places of its path."""

    endpoint: Endpoint[C]
    parameters: Mapping[str, str]


class Routes(Generic[C]):
    """The paths of some endpoints, in their order; a path without places comes first."""

    def __init__(self, endpoints: Iterable[Endpoint[C]], *, optional_slash: bool = False) -> None:
        self._optional_slash = optional_slash
        self._literal: dict[str, list[Match[C]]] = {}
        self._patterns: list[tuple[re.Pattern[str], Endpoint[C]]] = []
        for endpoint in endpoints:
            for path in endpoint.paths:
                self._add(path, endpoint)

    def find(self, path: str) -> list[Match[C]]:
        """The endpoints at `path`, one for each method; none for a path that is nobody's."""
        if self._optional_slash and path.endswith("/"):
            path = path[:-1]
        literal = self._literal.get(path)
        if literal is not None:
            return literal
        found = [(pattern.fullmatch(path), endpoint) for pattern, endpoint in self._patterns]
        return [Match(endpoint, match.groupdict()) for match, endpoint in found if match]

    def select(self, path: str, method: str) -> Match[C]:
        """The endpoint for a request. HEAD goes to GET. Raises UnknownPath or WrongMethod."""
        matches = self.find(path)
        if not matches:
            raise UnknownPath
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


def _expression(path: str) -> str:
    """A regular expression for a path: what stands beside its places is taken literally.

    A place is a segment, `<name>`, or all that is there, slashes too: `<path:name>`.
    """
    parts = re.split(r"<(\w+|path:\w+)>", path)
    return "".join(
        _place(part) if position % 2 else re.escape(part) for position, part in enumerate(parts)
    )


def _place(name: str) -> str:
    whole = name.removeprefix("path:")
    return f"(?P<{name}>[^/]+)" if name == whole else f"(?P<{whole}>.+)"
