"""Read a request pattern from an object with WireMock's fields, `vendor` and `endpoint`.

`FIELDS` is the table of the parts that a pattern may have. The documentation is generated from it.
"""

import base64
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from mockserver.wiremock.mapping_fields import UNSUPPORTED_REQUEST, Fields, MappingError
from mockserver.wiremock.matchers import (
    Matcher,
    described,
    equal_to,
    matches,
    parse_matcher,
    parse_matchers,
)
from mockserver.wiremock.request_pattern import Condition, RequestPattern, paths, sent_method, urls
from mockserver.wiremock.request_values import (
    RequestValues,
    Values,
    normal_url,
)

_URLS = ("url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate")
_PLACEHOLDER = re.compile(r"\{([^}/]+)\}|(/\*\*)$")


class Field(NamedTuple):
    """A part of a request pattern: how it is parsed, and a note on its meaning."""

    parse: Callable[[Fields, str], list[Condition]]
    note: str = ""


def parse_pattern(value: object, where: str = "request") -> RequestPattern:
    """Return the pattern that an object with these fields describes.

    Args:
        value: The object.
        where: Its name in errors.

    Raises:
        MappingError: A field is not known, or its value cannot be used.
    """
    fields = Fields(value, where, unsupported=UNSUPPORTED_REQUEST)
    url = fields.take_one(_URLS)
    conditions = [each for name, field in FIELDS.items() for each in field.parse(fields, name)]
    if any(each.name == "pathParameters" for each in conditions) and url != "urlPathTemplate":
        raise MappingError(f"{fields.path('pathParameters')} needs urlPathTemplate")
    fields.finish()
    return RequestPattern(conditions)


def _equals(
    values: Callable[[RequestValues], Values], kind: type = str
) -> Callable[[Fields, str], list[Condition]]:
    """Return the parser of a field whose value must equal a value of the request."""

    def parse(fields: Fields, name: str) -> list[Condition]:
        wanted = fields.take_optional(name, kind)
        return [] if wanted is None else [Condition(name, name, equal_to(str(wanted)), values, 10)]

    return parse


def _method(fields: Fields, name: str) -> list[Condition]:
    method = fields.take(name, str, "ANY").upper()
    return [] if method == "ANY" else [Condition(name, name, equal_to(method), sent_method, 3)]


def _url(fields: Fields, name: str) -> list[Condition]:
    text = fields.take_optional(name, str)
    if text is None:
        return []
    is_pattern = name.endswith("Pattern")
    matcher = matches(text, fields.path(name)) if is_pattern else equal_to(normal_url(text))
    values, label = (paths, "URL path") if "Path" in name else (urls, "URL")
    return [Condition(label, name, matcher, values, 10)]


def _template(fields: Fields, name: str) -> list[Condition]:
    """Parse a path such as `/users/{id}`, and the matchers of its parameters."""
    template = fields.take_optional(name, str)
    parameters = fields.take("pathParameters", dict, {})
    if template is None:
        # These conditions make `parse_pattern` raise the error about the missing template.
        return [Condition("", "pathParameters", equal_to(""), sent_method, 0) for _ in parameters]
    pattern, names = _compiled_template(template)
    matcher = Matcher(
        name, template, lambda value: value is not None and bool(pattern.fullmatch(value))
    )
    conditions = [Condition("URL path", name, matcher, _sent_paths, 10)]
    for parameter, value in parameters.items():
        inner = parse_matcher(value, f"{fields.path('pathParameters')}.{parameter}")
        group = names.index(parameter) + 1 if parameter in names else None
        conditions.append(
            Condition(
                f"path parameter {parameter}",
                "pathParameters",
                inner,
                _path_parameter(pattern, group),
                2,
            )
        )
    return conditions


def _compiled_template(template: str) -> tuple[re.Pattern[str], list[str]]:
    names, parts, end = [], [], 0
    for found in _PLACEHOLDER.finditer(template):
        parts += [re.escape(template[end : found.start()]), "/(.*)" if found[2] else "([^/]+)"]
        names.append(found[1] or "**")
        end = found.end()
    return re.compile("".join([*parts, re.escape(template[end:])])), names


def _path_parameter(
    pattern: re.Pattern[str], group: int | None
) -> Callable[[RequestValues], Values]:
    def values(request: RequestValues) -> Values:
        found = [match for path in request.sent_paths if (match := pattern.fullmatch(path))]
        return [match[group] if group else None for match in found] or [None]

    return values


def _host(fields: Fields, name: str) -> list[Condition]:
    given = fields.take_optional(name, dict)
    if given is None:
        return []
    return [
        Condition(name, name, parse_matcher(given, fields.path(name)), lambda r: (r.host[0],), 10)
    ]


def _credentials(fields: Fields, name: str) -> list[Condition]:
    given = fields.take_optional(name, dict)
    if given is None:
        return []
    pair = Fields(given, fields.path(name))
    user, password = pair.take("username", str, ""), pair.take("password", str, "")
    pair.finish()
    value = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    header = "Authorization"
    return [Condition(f"header {header}", header, equal_to(value), _basic, 2)]


def _parameters(
    label: str, values: Callable[[str], Callable[[RequestValues], Values]], *, several: bool = True
) -> Callable[[Fields, str], list[Condition]]:
    """Return the parser of an object that has a matcher for each name of a header or parameter."""

    def parse(fields: Fields, field: str) -> list[Condition]:
        conditions = []
        for name, value in fields.take(field, dict, {}).items():
            where = f"{fields.path(field)}.{name}"
            for matcher, part in _value_matchers(value, where, several=several):
                read = values(name) if part is None else part(values(name))
                conditions.append(Condition(f"{label} {name}", name, matcher, read, 2))
        return conditions

    return parse


_Part = Callable[[Callable[[RequestValues], Values]], Callable[[RequestValues], Values]]


def _value_matchers(value: Any, where: str, *, several: bool) -> list[tuple[Matcher, _Part | None]]:
    """Return the matchers of a header or parameter that may occur several times.

    With `includes`, each matcher must accept one of the values. With `hasExactly`, the number of
    values must also equal the number of matchers.
    """
    operator = next(
        (name for name in ("hasExactly", "includes") if several and _has(value, name)), None
    )
    if operator is None:
        return [(parse_matcher(value, where), None)]
    fields = Fields(value, where)
    inner = parse_matchers(fields.take(operator, list, []), f"{where}.{operator}")
    fields.finish()
    found: list[tuple[Matcher, _Part | None]] = [(_if_present(each), None) for each in inner]
    counts = [str(len(inner))] if operator == "hasExactly" else None
    shown_as = f"{described(inner)} ({len(inner)} values)" if counts else described(inner)
    number = Matcher(operator, shown_as, lambda value: value in counts if counts else value != "0")
    return [*found, (number, _number_of)]


def _has(value: Any, name: str) -> bool:
    return isinstance(value, dict) and value.get(name) is not None


def _if_present(matcher: Matcher) -> Matcher:
    return matcher._replace(test=lambda value: value is not None and matcher.test(value))


def _number_of(values: Callable[[RequestValues], Values]) -> Callable[[RequestValues], Values]:
    return lambda request: (str(sum(value is not None for value in values(request))),)


def _bodies(fields: Fields, name: str) -> list[Condition]:
    matchers = parse_matchers(fields.take(name, list, []), fields.path(name))
    return [Condition("body", "body", matcher, _body, 4) for matcher in matchers]


def _cookies(fields: Fields, name: str) -> list[Condition]:
    conditions = _parameters("cookie", _cookie, several=False)(fields, name)
    # WireMock applies a matcher other than `absent` only to a cookie that was sent. Cookies of all
    # names are redacted like the header Cookie.
    conditions = [each._replace(name="cookie") for each in conditions]
    return [
        each
        if each.matcher.operator == "absent"
        else each._replace(matcher=_if_present(each.matcher))
        for each in conditions
    ]


def _vendor(request: RequestValues) -> Values:
    return (request.routed.vendor,)


def _sent_paths(request: RequestValues) -> Values:
    return request.sent_paths


def _body(request: RequestValues) -> Values:
    return (request.body or None,)  # as in WireMock, an empty body is absent


def _basic(request: RequestValues) -> Values:
    """Return the header Authorization with `Basic` as its scheme, whose case does not matter."""
    value = request.request.headers.get("Authorization")
    scheme, _, rest = (value or "").partition(" ")
    return (f"Basic {rest.strip()}" if scheme.lower() == "basic" else value,)


def _header(name: str) -> Callable[[RequestValues], Values]:
    return lambda request: request.header(name) or [None]


def _of_pairs(
    pairs: Callable[[RequestValues], list[tuple[str, str]]],
) -> Callable[[str], Callable[[RequestValues], Values]]:
    def values_of(name: str) -> Callable[[RequestValues], Values]:
        return lambda request: [value for key, value in pairs(request) if key == name] or [None]

    return values_of


_cookie = _of_pairs(lambda request: request.cookies)
_BASIC_NOTE = "the name of the scheme in any case"

FIELDS: dict[str, Field] = {
    "vendor": Field(_equals(_vendor)),
    "endpoint": Field(_equals(lambda request: (request.routed.endpoint,))),
    "method": Field(_method, "in any case; `ANY` for every method"),
    "url": Field(_url, "path and query"),
    "urlPath": Field(_url),
    "urlPattern": Field(_url),
    "urlPathPattern": Field(_url),
    "urlPathTemplate": Field(_template, "with `pathParameters`"),
    "host": Field(_host, "of the header `Host`"),
    "port": Field(
        _equals(lambda request: (request.host[1],), int),
        "of the header `Host`, else 80, and 443 with https",
    ),
    "scheme": Field(_equals(lambda request: (request.request.scheme,)), "`http` or `https`"),
    "basicAuthCredentials": Field(_credentials, _BASIC_NOTE),
    "basicAuth": Field(_credentials, "the same"),
    "headers": Field(_parameters("header", _header)),
    "cookies": Field(_cookies),
    "queryParameters": Field(_parameters("query parameter", _of_pairs(lambda r: r.query))),
    "formParameters": Field(
        _parameters("form parameter", _of_pairs(lambda r: r.form)),
        "of a body whose content type is `application/x-www-form-urlencoded`",
    ),
    "bodyPatterns": Field(_bodies, "an empty body is absent"),
}
