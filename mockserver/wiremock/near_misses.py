"""What a request that matched nothing nearly was."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from mockserver.model.http import RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.model.vendor import Vendor
from mockserver.wiremock.request_pattern import (
    Condition,
    RequestPattern,
    endpoint_pattern,
    shown,
)
from mockserver.wiremock.scenarios import Hindrance
from mockserver.wiremock.stub_mapping import Stub

NEAREST = 3
_WIDTH = 48
_HINDERED = 0.01  # of what the request is like to the letter


class Candidate(NamedTuple):
    """Something that a request could have matched: a vendor's endpoint, or a stub.

    `hindrances`: why it does not act now, whatever the request.
    """

    name: str
    pattern: RequestPattern
    mapping: dict[str, Any]
    hindrances: Sequence[Hindrance] = ()

    def distance(self, routed: RoutedRequest) -> float:
        """0.0 for what would have acted, up to 1.0."""
        distance = self.pattern.distance(routed)
        return max(distance, _HINDERED) if self.hindrances else distance


class NearMiss(NamedTuple):
    """A candidate and how far a request was from it, 0.0 to 1.0."""

    candidate: Candidate
    routed: RoutedRequest
    distance: float


def endpoint_candidates(vendors: Iterable[Vendor[Any]]) -> list[Candidate]:
    """The vendors' endpoints; each shows as a stub with name, method and path."""
    return [
        Candidate(
            f"{vendor.name} {endpoint.name}",
            endpoint_pattern(vendor.name, endpoint.method, path),
            {
                "name": f"{vendor.name} {endpoint.name}",
                "request": {"method": endpoint.method, "urlPath": path},
            },
        )
        for vendor in vendors
        for endpoint in vendor.endpoints
        for path in endpoint.paths
    ]


def stub_candidate(
    stub: Stub, mapping: dict[str, Any], hindrances: Sequence[Hindrance]
) -> Candidate:
    """A stub, by name or id."""
    return Candidate(stub.name or f"stub {stub.id}", stub.pattern, mapping, hindrances)


def near_misses(routed: RoutedRequest, candidates: Sequence[Candidate]) -> list[NearMiss]:
    """The three candidates that are nearest to a request, the nearest first."""
    misses = [NearMiss(candidate, routed, candidate.distance(routed)) for candidate in candidates]
    return sorted(misses, key=lambda miss: miss.distance)[:NEAREST]


def nearest_requests(
    pattern: RequestPattern, requests: Sequence[RoutedRequest]
) -> list[RoutedRequest]:
    """The three requests that come nearest to a pattern, the nearest first."""
    return sorted(requests, key=pattern.distance)[:NEAREST]


def side_by_side(candidate: Candidate, routed: RoutedRequest, redact: Redactor) -> str:
    """What was expected beside what came, a line a condition; `<` marks what differs."""
    asked = [condition for condition in candidate.pattern.conditions if condition.values(routed)]
    rows = [_row(condition, routed, redact) for condition in asked]
    rows += [
        _line(label, redact.text(expected), redact.text(actual), "  <")
        for label, expected, actual in candidate.hindrances
    ]
    head = f"  {'':<24}{_short(redact.text(candidate.name)):<{_WIDTH}}request"
    return "\n".join([head, *rows])


def _row(condition: Condition, routed: RoutedRequest, redact: Redactor) -> str:
    expected, actual = shown(condition, routed, redact)
    mark = "" if condition.holds(routed) else "  <"
    return _line(condition.label, expected, actual, mark)


def _line(label: str, expected: str, actual: str, mark: str) -> str:
    return f"  {label:<23} {_short(expected):<{_WIDTH}}{_short(actual)}{mark}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) < _WIDTH else f"{line[: _WIDTH - 4]}..."
