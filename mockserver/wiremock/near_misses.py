"""Near misses: the stubs and endpoints that are nearest to a request, shown side by side."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from mockserver.model.http import RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.model.vendor import Vendor
from mockserver.wiremock.request_pattern import Condition, RequestPattern, endpoint_pattern, shown
from mockserver.wiremock.request_values import RequestValues
from mockserver.wiremock.stub_mapping import Stub
from mockserver.wiremock.stub_registry import Obstacle

NEAREST = 3
_WIDTH = 48
_BLOCKED = 0.01  # the distance of a stub that matches and does not fire


class Candidate(NamedTuple):
    """Something that a request could have matched: a vendor's endpoint or a stub.

    Attributes:
        name: The name shown for the candidate.
        pattern: The pattern that a request must match.
        mapping: The mapping of the stub, or one that describes the endpoint.
        obstacles: The reasons why a stub does not fire now, for any request.
    """

    name: str
    pattern: RequestPattern
    mapping: dict[str, Any]
    obstacles: Sequence[Obstacle] = ()

    def distance(self, routed: RoutedRequest) -> float:
        """Return 0.0 for a candidate that would have responded, up to 1.0."""
        distance = self.pattern.distance(routed)
        return max(distance, _BLOCKED) if self.obstacles else distance


class NearMiss(NamedTuple):
    """A candidate, a request, and the distance between them, 0.0 to 1.0."""

    candidate: Candidate
    routed: RoutedRequest
    distance: float


def endpoint_candidates(vendors: Iterable[Vendor[Any]]) -> list[Candidate]:
    """Return the vendors' endpoints, each with a mapping of name, method and path."""
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


def stub_candidate(stub: Stub, mapping: dict[str, Any], obstacles: Sequence[Obstacle]) -> Candidate:
    """Return the candidate for a stub; its name is the stub's, or contains the stub's id."""
    return Candidate(stub.name or f"stub {stub.id}", stub.pattern, mapping, obstacles)


def near_misses(routed: RoutedRequest, candidates: Sequence[Candidate]) -> list[NearMiss]:
    """Return the three candidates that are nearest to a request, nearest first."""
    misses = [NearMiss(candidate, routed, candidate.distance(routed)) for candidate in candidates]
    return sorted(misses, key=lambda miss: miss.distance)[:NEAREST]


def nearest_requests(
    pattern: RequestPattern, requests: Sequence[RoutedRequest]
) -> list[RoutedRequest]:
    """Return the three requests that are nearest to a pattern, nearest first."""
    return sorted(requests, key=pattern.distance)[:NEAREST]


def side_by_side(candidate: Candidate, routed: RoutedRequest, redact: Redactor) -> str:
    """Return a table of expected and actual values without secrets; `<` marks differences."""
    request = RequestValues(routed)
    conditions = [each for each in candidate.pattern.conditions if each.values(request)]
    rows = [_row(condition, request, redact) for condition in conditions]
    rows += [
        _line(label, redact.text(expected), redact.text(actual), "  <")
        for label, expected, actual in candidate.obstacles
    ]
    head = f"  {'':<24}{_short(redact.text(candidate.name)):<{_WIDTH}}request"
    return "\n".join([head, *rows])


def _row(condition: Condition, request: RequestValues, redact: Redactor) -> str:
    expected, actual = shown(condition, request.routed, redact)
    mark = "" if condition.holds(request) else "  <"
    return _line(condition.label, expected, actual, mark)


def _line(label: str, expected: str, actual: str, mark: str) -> str:
    return f"  {label:<23} {_short(expected):<{_WIDTH}}{_short(actual)}{mark}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) < _WIDTH else f"{line[: _WIDTH - 4]}..."
