"""Request patterns: what a stub waits for, and what a verification counts."""

import base64
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from mockserver.core.http import Request
from mockserver.core.redaction import Redactor
from mockserver.engine.matching.fields import Fields
from mockserver.engine.matching.values import Matcher, equal_to, matches, parse_matcher

Values = Sequence[str | None]
Address = tuple[str, str]
"""What a pattern calls the one address that it waits for, "url" or "urlPath", and the address."""


class Arrival(NamedTuple):
    """A request as sent, and for whom it is meant; `path` is the path as the vendor sees it."""

    request: Request
    vendor: str | None = None
    endpoint: str | None = None
    path: str = ""


class Condition(NamedTuple):
    """One thing asked of a request. `label` says which; any of the `values` may be the one."""

    label: str
    name: str
    matcher: Matcher
    values: Callable[[Arrival], Values]
    weight: int

    def holds(self, arrival: Arrival) -> bool:
        """Whether a request is as asked."""
        return any(map(self.matcher.accepts, self.values(arrival)))

    def distance(self, arrival: Arrival) -> float:
        """0.0 as asked, up to 1.0."""
        return min(map(self.matcher.distance, self.values(arrival)))


class RequestPattern:
    """All conditions that a request must meet; none is met by every request.

    `address`: one of the request's `addresses`, or None where many will do.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self.conditions = tuple(conditions)
        given = [(each.name, each.matcher.expected) for each in conditions if each.name in _EXACT]
        self.address: Address | None = given[0] if given else None

    def matches(self, arrival: Arrival) -> bool:
        """Whether every condition holds."""
        return all(condition.holds(arrival) for condition in self.conditions)

    def distance(self, arrival: Arrival) -> float:
        """0.0 for a match, up to 1.0: the conditions' distances, by weight."""
        total = sum(condition.weight for condition in self.conditions) or 1
        return sum(c.weight * c.distance(arrival) for c in self.conditions) / total


def parse_pattern(value: object, where: str = "request") -> RequestPattern:
    """The pattern that an object describes, in WireMock's words, `vendor` and `endpoint`.

    Raises MappingError, which names the field, for what is not known or of a wrong type.
    """
    fields = Fields(value, where)
    conditions = [*_named(fields), *_method(fields), *_url(fields), *_credentials(fields)]
    for field, values, weight in (("headers", _header, 2), ("queryParameters", _query, 2)):
        for name, matcher in fields.take(field, dict, {}).items():
            parsed = parse_matcher(matcher, f"{fields.path(field)}.{name}")
            label = f"{'header' if field == 'headers' else 'query parameter'} {name}"
            conditions.append(Condition(label, name, parsed, values(name), weight))
    for number, matcher in enumerate(fields.take("bodyPatterns", list, [])):
        parsed = parse_matcher(matcher, f"{fields.path('bodyPatterns')}[{number}]")
        conditions.append(Condition("body", "body", parsed, _body, 4))
    fields.finish()
    return RequestPattern(conditions)


def endpoint_pattern(method: str, path: str) -> RequestPattern:
    """The pattern of a vendor's endpoint, to say how near a request came to it."""
    return RequestPattern(
        [
            Condition("method", "method", equal_to(method), _sent_method, 3),
            Condition("URL path", "urlPath", equal_to(path), _paths, 10),
        ]
    )


def addresses(arrival: Arrival) -> list[Address]:
    """Every address under which a pattern may wait for a request, each once."""
    found = [(name, value) for name, values in _EXACT.items() for value in values(arrival)]
    return list(dict.fromkeys(found))


def url_of(request: Request) -> str:
    """Path and query as they stand in a request line."""
    path = quoted(request.path)
    return f"{path}?{request.query}" if request.query else path


def quoted(path: str) -> str:
    """A path as it stands in a request line; the brackets of a redaction tag stay."""
    return quote(path, safe="/:@!$&'()*+,;=~[]")


def shown(condition: Condition, arrival: Arrival, redact: Redactor) -> tuple[str, str]:
    """What a condition asks and what a request has that comes nearest, without secrets."""
    nearest = min(condition.values(arrival), key=condition.matcher.distance)
    expected = redact.field(condition.name, condition.matcher.expected)
    actual = "(absent)" if nearest is None else redact.field(condition.name, nearest)
    operator = condition.matcher.operator
    return (expected if operator == "equalTo" else f"{operator} {expected}"), actual


def _named(fields: Fields) -> list[Condition]:
    found = []
    for weight, name in ((10, "vendor"), (10, "endpoint")):
        wanted = fields.take_optional(name, str)
        if wanted is not None:
            values = _vendor if name == "vendor" else _endpoint
            found.append(Condition(name, name, equal_to(wanted), values, weight))
    return found


def _method(fields: Fields) -> list[Condition]:
    method = fields.take("method", str, "ANY")
    if method.upper() == "ANY":
        return []
    matcher = equal_to(method.upper())
    return [Condition("method", "method", matcher, _sent_method, 3)]


def _url(fields: Fields) -> list[Condition]:
    name = fields.take_one(("url", "urlPath", "urlPattern", "urlPathPattern"))
    if name is None:
        return []
    text = fields.take(name, str, "")
    regular = name.endswith("Pattern")
    matcher = matches(text, fields.path(name)) if regular else equal_to(text)
    values, label = (_paths, "URL path") if "Path" in name else (_urls, "URL")
    return [Condition(label, name, matcher, values, 10)]


def _credentials(fields: Fields) -> list[Condition]:
    given = fields.take_optional("basicAuthCredentials", dict)
    if given is None:
        return []
    pair = Fields(given, fields.path("basicAuthCredentials"))
    user, password = pair.take("username", str, ""), pair.take("password", str, "")
    pair.finish()
    value = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    name = "Authorization"
    return [Condition(f"header {name}", name, equal_to(value), _header(name), 2)]


def _vendor(arrival: Arrival) -> Values:
    return (arrival.vendor,)


def _endpoint(arrival: Arrival) -> Values:
    return (arrival.endpoint,)


def _sent_method(arrival: Arrival) -> Values:
    return (arrival.request.method,)


def _paths(arrival: Arrival) -> Sequence[str]:
    """The path with and without the vendor's prefix, each decoded and as it was sent."""
    paths = arrival.request.path, arrival.path
    return tuple(dict.fromkeys([*paths, *map(quoted, paths)]))


def _urls(arrival: Arrival) -> Sequence[str]:
    sent = url_of(arrival.request)
    return sent, url_of(Request("", arrival.path, arrival.request.query))


_EXACT = {"urlPath": _paths, "url": _urls}


def _body(arrival: Arrival) -> Values:
    return (arrival.request.body.decode(errors="replace"),)


def _header(name: str) -> Callable[[Arrival], Values]:
    return lambda arrival: (arrival.request.headers.get(name),)


def _query(name: str) -> Callable[[Arrival], Values]:
    def values(arrival: Arrival) -> Values:
        pairs = parse_qsl(arrival.request.query, keep_blank_values=True)
        return [value for key, value in pairs if key == name] or [None]

    return values
