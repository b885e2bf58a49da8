"""Request patterns: the conditions of a stub, and of a verification."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mockserver.model.http import RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.wiremock.matchers import Matcher, equal_to
from mockserver.wiremock.request_values import RequestValues, Values, shown_body

Address = tuple[str, str]
"""The one address that a pattern matches: "url" or "urlPath", and the value."""


class Condition(NamedTuple):
    """One condition of a pattern.

    Attributes:
        label: The part of the request, as it is shown in a near miss.
        name: The name of the field that `matcher` tests; redaction depends on it.
        matcher: The test, which one of the values must pass.
        values: Returns the values in a request; without any the condition does not apply.
        weight: The share of the condition in the distance of the pattern.
    """

    label: str
    name: str
    matcher: Matcher
    values: Callable[[RequestValues], Values]
    weight: int

    def holds(self, request: RequestValues) -> bool:
        """Return True if a request meets the condition."""
        values = self.values(request)
        return not values or any(map(self.matcher.accepts, values))

    def distance(self, request: RequestValues) -> float:
        """Return 0.0 if a request meets the condition, up to 1.0."""
        return min(map(self.matcher.distance, self.values(request)), default=0.0)


class RequestPattern:
    """All conditions that a request must meet. A pattern without conditions matches every request.

    Attributes:
        address: The address that a request must have; None if several addresses match.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self.conditions = tuple(conditions)
        given = [(each.name, each.matcher.expected) for each in conditions if _is_exact(each)]
        self.address: Address | None = given[0] if given else None

    def matches(self, routed: RoutedRequest) -> bool:
        """Return True if every condition holds."""
        return self.matches_values(RequestValues(routed))

    def matches_values(self, request: RequestValues) -> bool:
        """Return True if every condition holds, for a request whose parts are read already."""
        return all(condition.holds(request) for condition in self.conditions)

    def distance(self, routed: RoutedRequest) -> float:
        """Return 0.0 for a match, up to 1.0: the conditions' distances by weight."""
        request = RequestValues(routed)
        total = sum(condition.weight for condition in self.conditions) or 1
        return sum(each.weight * each.distance(request) for each in self.conditions) / total


def endpoint_pattern(vendor: str, method: str, path: str) -> RequestPattern:
    """Return the pattern of a vendor's endpoint, to measure the distance of a request."""
    return RequestPattern(
        [
            Condition("vendor", "vendor", equal_to(vendor), _vendor_if_any, 10),
            Condition("method", "method", equal_to(method), sent_method, 3),
            Condition("URL path", "urlPath", equal_to(path), paths, 10),
        ]
    )


def addresses(request: RequestValues) -> list[Address]:
    """Return every address of a request that a pattern may have, each once."""
    return [
        *(("urlPath", path) for path in request.paths),
        *(("url", url) for url in request.urls),
    ]


def shown(condition: Condition, routed: RoutedRequest, redact: Redactor) -> tuple[str, str]:
    """Return a condition's expected value and the nearest value of a request, without secrets."""
    matcher = condition.matcher
    nearest = min(condition.values(RequestValues(routed)), key=matcher.distance)
    expected = redact.field(condition.name, matcher.expected)
    if nearest is None:
        actual = "(absent)"
    elif condition.name == "body":
        actual = shown_body(routed, redact)
    else:
        actual = redact.field(condition.name, nearest)
    if matcher.took_too_long(nearest):
        actual = f"(took too long) {actual}"
    return (expected if matcher.operator == "equalTo" else f"{matcher.operator} {expected}"), actual


def _vendor_if_any(request: RequestValues) -> Values:
    return () if request.routed.vendor is None else (request.routed.vendor,)


def sent_method(request: RequestValues) -> Values:
    """Return the method."""
    return (request.request.method,)


def paths(request: RequestValues) -> Values:
    """Return the spellings of the path."""
    return request.paths


def urls(request: RequestValues) -> Values:
    """Return the spellings of path and query."""
    return request.urls


def _is_exact(condition: Condition) -> bool:
    # A header may be called "url", too.
    exact = {"urlPath": paths, "url": urls}
    return exact.get(condition.name) is condition.values
