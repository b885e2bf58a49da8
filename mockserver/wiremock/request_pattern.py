"""Request patterns: what a stub waits for, and what a verification counts."""

import base64
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from mockserver.model.http import Request, RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.wiremock.mapping_fields import Fields
from mockserver.wiremock.matchers import Matcher, equal_to, matches, parse_matcher

Values = Sequence[str | None]
Address = tuple[str, str]
"""What a pattern calls the one address that it waits for, "url" or "urlPath", and the address."""

UNSURE = 2 << 10
"""Characters at the end of a body that was cut which are not shown."""

_OCTET = "%[0-9A-Fa-f]{2}"


class Condition(NamedTuple):
    """One thing asked of a request. `label` says which; any of the `values` may be the one.

    Where there are none the request is not asked.
    """

    label: str
    name: str
    matcher: Matcher
    values: Callable[[RoutedRequest], Values]
    weight: int

    def holds(self, routed: RoutedRequest) -> bool:
        """Whether a request is as asked."""
        values = self.values(routed)
        return not values or any(map(self.matcher.accepts, values))

    def distance(self, routed: RoutedRequest) -> float:
        """0.0 as asked, up to 1.0."""
        return min(map(self.matcher.distance, self.values(routed)), default=0.0)


class RequestPattern:
    """All conditions that a request must meet; none is met by every request.

    `address`: one of the request's `addresses`, or None where many will do.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self.conditions = tuple(conditions)
        given = [(each.name, each.matcher.expected) for each in conditions if _is_exact(each)]
        self.address: Address | None = given[0] if given else None

    def matches(self, routed: RoutedRequest) -> bool:
        """Whether every condition holds."""
        return all(condition.holds(routed) for condition in self.conditions)

    def distance(self, routed: RoutedRequest) -> float:
        """0.0 for a match, up to 1.0: the conditions' distances, by weight."""
        total = sum(condition.weight for condition in self.conditions) or 1
        return sum(c.weight * c.distance(routed) for c in self.conditions) / total


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
        conditions.append(Condition("body", "body", parsed, _body(parsed), 4))
    fields.finish()
    return RequestPattern(conditions)


def endpoint_pattern(vendor: str, method: str, path: str) -> RequestPattern:
    """The pattern of a vendor's endpoint, to say how near a request came to it."""
    return RequestPattern(
        [
            Condition("vendor", "vendor", equal_to(vendor), _vendor_if_any, 10),
            Condition("method", "method", equal_to(method), _sent_method, 3),
            Condition("URL path", "urlPath", equal_to(path), _paths, 10),
        ]
    )


def addresses(routed: RoutedRequest) -> list[Address]:
    """Every address under which a pattern may wait for a request, each once."""
    found = [(name, value) for name, values in _EXACT.items() for value in values(routed)]
    return list(dict.fromkeys(found))


def url_of(request: Request) -> str:
    """Path and query as they stood in the request line, or as they would stand there."""
    return request.target or _quoted_url(request)


def _quoted_url(request: Request) -> str:
    path = quoted(request.path)
    return f"{path}?{request.query}" if request.query else path


def quoted(path: str) -> str:
    """A path as it stands in a request line; the brackets of a redaction tag stay."""
    return quote(path, safe="/:@!$&'()*+,;=~[]")


def shown(condition: Condition, routed: RoutedRequest, redact: Redactor) -> tuple[str, str]:
    """What a condition asks and what a request has that comes nearest, without secrets."""
    nearest = min(condition.values(routed), key=condition.matcher.distance)
    expected = redact.field(condition.name, condition.matcher.expected)
    if nearest is None:
        actual = "(absent)"
    elif condition.name == "body":
        actual = shown_body(routed, redact)
    else:
        actual = redact.field(condition.name, nearest)
    operator = condition.matcher.operator
    return (expected if operator == "equalTo" else f"{operator} {expected}"), actual


def shown_body(routed: RoutedRequest, redact: Redactor) -> str:
    """The body of a request without secrets; of one that was cut not the end, which may be part
    of one.
    """
    text = redact.body(routed.request.body.decode(errors="replace"))
    return text if routed.cut_from is None else text[:-UNSURE]


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
    matcher = matches(text, fields.path(name)) if regular else equal_to(_normal(text))
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
    return [Condition(f"header {name}", name, equal_to(value), _basic, 2)]


def _vendor(routed: RoutedRequest) -> Values:
    return (routed.vendor,)


def _vendor_if_any(routed: RoutedRequest) -> Values:
    return () if routed.vendor is None else (routed.vendor,)


def _endpoint(routed: RoutedRequest) -> Values:
    return (routed.endpoint,)


def _sent_method(routed: RoutedRequest) -> Values:
    return (routed.request.method,)


def _paths(routed: RoutedRequest) -> Sequence[str]:
    """The path with and without the vendor's prefix, each decoded, encoded, and as it was sent."""
    paths = routed.request.path, routed.path
    sent = [url.partition("?")[0] for url in _sent(routed)]
    return tuple(dict.fromkeys([*paths, *map(quoted, paths), *sent]))


def _urls(routed: RoutedRequest) -> Sequence[str]:
    """Path and query, with and without the vendor's prefix, each encoded and as it was sent."""
    within = routed.request.at(routed.path)
    encoded = _quoted_url(routed.request), _quoted_url(within)
    return tuple(dict.fromkeys([*_sent(routed), *encoded]))


_EXACT = {"urlPath": _paths, "url": _urls}


def _is_exact(condition: Condition) -> bool:
    return _EXACT.get(condition.name) is condition.values  # a header may be called url, too


def _sent(routed: RoutedRequest) -> list[str]:
    """The target as it was sent, if that is known, and without the vendor's prefix."""
    target = routed.request.target
    prefix = routed.request.path.removesuffix(routed.path) if routed.path else ""
    rest = target.removeprefix(prefix)
    targets = [target, rest if rest.startswith("/") else f"/{rest}"] if target else []
    return [*targets, *map(_normal, targets)]


def _normal(url: str) -> str:
    """A URL with the hexadecimal digits of its encoded octets in upper case (RFC 3986, 6.2.2.1)."""
    return re.sub(_OCTET, lambda match: match[0].upper(), url)


def _body(matcher: Matcher) -> Callable[[RoutedRequest], Values]:
    """An empty body counts as absent where that is asked."""
    asks_if_absent = matcher.operator == "absent"

    def values(routed: RoutedRequest) -> Values:
        text = routed.request.body.decode(errors="replace")
        return (None if asks_if_absent and not text else text,)

    return values


def _header(name: str) -> Callable[[RoutedRequest], Values]:
    """Of a field that came more than once all values as one, and each."""

    def values(routed: RoutedRequest) -> Values:
        headers = routed.request.headers
        each = [value for key, value in headers.pairs if key.lower() == name.lower()]
        return (headers.get(name), *(each if len(each) > 1 else ()))

    return values


def _basic(routed: RoutedRequest) -> Values:
    """The header Authorization, the scheme spelled as usual: its case says nothing."""
    value = routed.request.headers.get("Authorization")
    scheme, _, rest = (value or "").partition(" ")
    return (f"Basic {rest.strip()}" if scheme.lower() == "basic" else value,)


def _query(name: str) -> Callable[[RoutedRequest], Values]:
    def values(routed: RoutedRequest) -> Values:
        pairs = parse_qsl(routed.request.query, keep_blank_values=True)
        return [value for key, value in pairs if key == name] or [None]

    return values
