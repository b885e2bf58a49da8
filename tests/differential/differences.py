"""The known differences from WireMock; docs/wiremock.md lists each of them under its title.

A case to which one of them applies is not compared. The example of each must differ.
"""

import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mockserver.wiremock.json_path import compile_path
from mockserver.wiremock.json_path_filter import JsonPathError
from mockserver.wiremock.json_path_operators import (
    Document,
    EvaluationAborted,
    EvaluationError,
)
from mockserver.wiremock.json_text import StepBudget
from tests.differential.judges import PatternCase


class Difference(NamedTuple):
    """A difference: its title in the documentation, when it applies, and an example."""

    title: str
    applies: Callable[[PatternCase], bool]
    example: PatternCase


def operators(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every field at any depth, with its value."""
    if isinstance(value, dict):
        yield from value.items()
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from operators(inner)


def _is_encoded(case: PatternCase) -> bool:
    urls = [value for name, value in case.pattern.items() if name.startswith("url")]
    return any(mark in text for text in (case.target, *urls) for mark in ("%", " ")) or any(
        text.endswith("?") for text in (case.target, *urls)
    )


def _depends_on_distance(case: PatternCase) -> bool:
    cookies = "".join(value for _, value in case.headers)
    parameters = (case.target + cookies).encode() + case.body
    several = len(case.headers) > 1 or parameters.count(b"A=") > 1
    return several and any(
        name == "caseInsensitive" or (name == "equalTo" and value == "")
        for name, value in operators(case.pattern)
    )


def _is_not_json(case: PatternCase) -> bool:
    try:
        json.loads(case.body)
    except ValueError:
        return any(name == "matchesJsonPath" for name, _ in operators(case.pattern))
    return False


def _finds_no_scalar(case: PatternCase) -> bool:
    return any(
        isinstance(value, dict) and not _is_scalar(_found(value["expression"], case.body))
        for name, value in operators(case.pattern)
        if name == "matchesJsonPath"
    )


def _found(expression: str, body: bytes) -> Any:
    try:
        value = json.loads(body)
        return compile_path(expression).find(value, Document(value, StepBudget(100_000)))
    except (ValueError, JsonPathError, EvaluationError, EvaluationAborted):
        return ""


def _is_scalar(found: Any) -> bool:
    values = found if isinstance(found, list) else [found]
    return not any(isinstance(value, dict | list) or value is None for value in values)


def _has_header(case: PatternCase, name: str, part: str) -> bool:
    return any(key.lower() == name and part in value for key, value in case.headers)


_OBJECT = {"matchesJsonPath": {"expression": "$.a", "equalTo": '{"b":1}'}}
_NULL = {"matchesJsonPath": {"expression": "$.a", "equalTo": "null"}}

DIFFERENCES = (
    Difference(
        "If a header or parameter has several values, each is compared.",
        _depends_on_distance,
        PatternCase({"headers": {"A": {"equalTo": ""}}}, headers=(("A", "a"), ("A", ""))),
    ),
    Difference(
        "A URL also matches decoded, and without a vendor's prefix.",
        _is_encoded,
        PatternCase({"urlPath": "/a/b"}, target="/a%2Fb"),
    ),
    Difference(
        "The method matches in any case.",
        lambda case: case.pattern.get("method", "").upper() != case.pattern.get("method", ""),
        PatternCase({"method": "post"}),
    ),
    Difference(
        "A deflate body is decompressed",
        lambda case: _has_header(case, "content-encoding", "deflate"),
        PatternCase(
            {"bodyPatterns": [{"equalTo": "a"}]},
            headers=(("Content-Encoding", "deflate"),),
            body=zlib.compress(b"a"),
        ),
    ),
    Difference(
        "An unknown charset counts as UTF-8.",
        lambda case: _has_header(case, "content-type", "charset=unknown"),
        PatternCase(
            {"bodyPatterns": [{"equalTo": "a"}]},
            headers=(("Content-Type", "text/plain; charset=unknown"),),
            body=b"a",
        ),
    ),
    Difference(
        "JSONPath reads JSON as `equalToJson` does",
        _is_not_json,
        PatternCase({"bodyPatterns": [{"matchesJsonPath": "$.a"}]}, body=b"{a: 1}"),
    ),
    Difference(
        "JSONPath compares an object as compact JSON",
        _finds_no_scalar,
        PatternCase({"bodyPatterns": [_OBJECT]}, body=b'{"a": {"b": 1}}'),
    ),
    Difference(
        "A null in a list found by a JSONPath is the text `null`.",
        _finds_no_scalar,
        PatternCase({"bodyPatterns": [_NULL]}, body=b'{"a": [null]}'),
    ),
)
