"""Generated cases: request patterns, and requests that are likely to match them."""

import gzip
import json
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.differential.judges import PatternCase

_TEXTS = st.sampled_from(["a", "b", "ab", "A", "1", "1.0", "", "a b", "true"])
_REGEXES = st.sampled_from(
    [
        "a",
        "a.*",
        "[ab]+",
        ".*",
        "\\d+",
        "(?i)AB",
        "a|b",
        "[^a]+",
        "\\Qa\\E.?",
        "(?<x>a)b?",
        "a{1,2}",
    ]
)
_NAMES = ("a", "b", "c", "list")
_SCALARS = st.sampled_from([0, 1, 2, 1.5, 1.0, "a", "1", "ab", "", True, False, None])
DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=3)
    ),
    max_leaves=6,
)
_OBJECTS = st.dictionaries(st.sampled_from(_NAMES), DOCUMENTS, min_size=1, max_size=3)
_PLACEHOLDERS = st.sampled_from(
    [
        *("${json-unit.ignore}", "${json-unit.ignore-element}", "${json-unit.any-string}"),
        *("${json-unit.any-number}", "${json-unit.any-boolean}", "${json-unit.regex}[a-z]+"),
        "#{json-unit.ignore}",
    ]
)


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """Return a document with a few parts replaced, removed or moved."""
    choice = draw(st.integers(0, 9))
    if choice == 0:
        return draw(_PLACEHOLDERS)
    if choice == 1:
        return draw(_SCALARS)
    if isinstance(value, list):
        items = draw(st.permutations(value)) if choice == 2 else value[1:] if choice == 3 else value
        return [draw(changed(item)) for item in items]
    if isinstance(value, dict):
        kept = list(value.items())[1:] if choice == 2 else value.items()
        return {name: draw(changed(item)) for name, item in kept}
    return value


_PARTS = st.sampled_from(
    [
        *(".a", ".b", ".c", ".list", "['a']", "['a','b']", "[0]", "[-1]", "[0,1]", "[1:]", "[:1]"),
        *("[*]", ".*", "..a", "..list", ".length()", ".size()", ".min()", ".sum()", ".first()"),
    ]
)
_LITERALS = st.sampled_from(
    ["1", "0", "1.0", "'a'", "'1'", "''", "true", "null", "[1,'a']", "['a']", "{}", "$.a", "@.b"]
)
_COMPARISONS = st.sampled_from(
    ["==", "==", "!=", "===", "<", "<=", ">", ">=", "in", "nin", "contains", "subsetof", "anyof"]
)


@st.composite
def paths(draw: st.DrawFn, root: str = "$", depth: int = 0) -> str:
    """Return a JSONPath."""
    parts = draw(st.lists(_PARTS, max_size=2))
    if depth < 2 and draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), f"[?({draw(filters(depth + 1))})]")
    return root + "".join(parts)


@st.composite
def filters(draw: st.DrawFn, depth: int) -> str:
    """Return the expression of a filter."""
    choice, left = draw(st.integers(0, 7)), draw(paths("@", depth + 1))
    if choice == 0 and depth < 2:
        joint = draw(st.sampled_from(["&&", "||"]))
        return f"{draw(filters(depth + 1))} {joint} {draw(filters(depth + 1))}"
    if choice == 1:
        return draw(st.sampled_from(["", "!"])) + left
    if choice == 2:
        return f"{left} =~ {draw(st.sampled_from(['/a.*/', '/A/i', '/.*/', '/[0-9.]+/']))}"
    if choice == 3:
        return f"{left} {draw(st.sampled_from(['size 1', 'size 2', 'empty true', 'empty false']))}"
    return f"{left} {draw(_COMPARISONS)} {draw(_LITERALS)}"


@st.composite
def fitting_paths(draw: st.DrawFn, document: dict[str, Any]) -> str:
    """Return a JSONPath whose filter compares a field of a document with its value."""
    name = draw(st.sampled_from(sorted(document)))
    value = document[name]
    is_text = isinstance(value, str) or (isinstance(value, int | float) and draw(st.booleans()))
    literal = f"'{value}'" if is_text else json.dumps(value)
    operator = draw(st.sampled_from(["==", "===", "!=", ">=", "<"]))
    rest = draw(st.sampled_from(["", f".{name}", "[0]"]))
    return f"$[?(@.{name} {operator} {literal})]{rest}"


@st.composite
def text_matchers(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    """Return a matcher of a text."""
    choices = [
        "equalTo",
        "contains",
        "doesNotContain",
        "matches",
        "doesNotMatch",
        "absent",
        "anything",
    ]
    name = draw(st.sampled_from([*choices, *([] if depth else ["and", "or", "not"])]))
    inner = text_matchers(1)
    match name:
        case "matches" | "doesNotMatch":
            return {name: draw(_REGEXES)}
        case "absent":
            return {name: draw(st.booleans())}
        case "and" | "or":
            return {name: draw(st.lists(inner, min_size=1, max_size=2))}
        case "not":
            return {name: draw(inner)}
    case_insensitive = (
        {"caseInsensitive": True} if name == "equalTo" and draw(st.booleans()) else {}
    )
    return {name: draw(_TEXTS), **case_insensitive}


@st.composite
def value_cases(draw: st.DrawFn) -> PatternCase:
    """Return a case about headers, parameters, cookies or the URL."""
    values = draw(st.lists(_TEXTS, max_size=3))
    matcher = draw(text_matchers())
    several = draw(st.sampled_from(["", "", "includes", "hasExactly"]))
    if several:
        matcher = {several: draw(st.lists(text_matchers(), min_size=1, max_size=2))}
    encoded = "&".join(f"A={quote(value)}" for value in values)
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    cases = [
        PatternCase({"headers": {"A": matcher}}, headers=tuple(("A", value) for value in values)),
        PatternCase({"queryParameters": {"A": matcher}}, target=f"/x?{encoded}"),
        PatternCase({"formParameters": {"A": matcher}}, headers=form, body=encoded.encode()),
        PatternCase(
            {"cookies": {"A": matcher}},
            # One header, as RFC 6265, 5.4 has it.
            headers=(("Cookie", "; ".join(f"A={value}" for value in values)),) if values else (),
        ),
        PatternCase(
            {"host": matcher, "port": draw(st.sampled_from([80, 81]))},
            headers=(("Host", draw(st.sampled_from(["a", "ab:81", "a:80", "b:81"]))),),
        ),
    ]
    return cases[draw(st.integers(0, len(cases) - 1))]


@st.composite
def url_cases(draw: st.DrawFn) -> PatternCase:
    """Return a case about the method and the URL."""
    path = draw(st.sampled_from(["/a", "/a/b", "/a/1", "/a/b/c", "/ab", "/a/"]))
    target = path + draw(st.sampled_from(["", "?a=1", "?b"]))
    pattern = draw(
        st.sampled_from(
            [
                {"url": draw(st.sampled_from([target, path, "/a"]))},
                {"urlPath": draw(st.sampled_from([path, "/a"]))},
                {"urlPattern": draw(st.sampled_from(["/a.*", "/a", ".*\\?a=1", "/a/[a-z]+"]))},
                {"urlPathPattern": draw(st.sampled_from(["/a.*", "/a", "/a/[a-z]+"]))},
                {
                    "urlPathTemplate": draw(
                        st.sampled_from(["/a/{id}", "/{x}", "/a/{id}/c", "/a/**"])
                    ),
                    "pathParameters": draw(st.sampled_from([{}, {"id": draw(text_matchers())}])),
                },
            ]
        )
    )
    methods = st.sampled_from(["GET", "POST", "PUT"])
    method = {"method": draw(st.sampled_from(["ANY", draw(methods)]))}
    return PatternCase({**method, **pattern}, draw(methods), target)


@st.composite
def body_cases(draw: st.DrawFn) -> PatternCase:
    """Return a case about the body: JSON, text, compressed or in another charset."""
    document = draw(_OBJECTS)
    text = draw(st.sampled_from([json.dumps(document), f"/* a */ {json.dumps(document)} b"]))
    kind = draw(st.sampled_from(["equalToJson", "matchesJsonPath", "found", "schema", "text"]))
    match kind:
        case "equalToJson":
            options = {
                "ignoreArrayOrder": draw(st.booleans()),
                "ignoreExtraElements": draw(st.booleans()),
            }
            matcher: dict[str, Any] = {kind: json.dumps(draw(changed(document))), **options}
        case "matchesJsonPath":
            matcher = {kind: draw(paths() | fitting_paths(document))}
        case "found":
            matcher = {"matchesJsonPath": {"expression": draw(paths()), **draw(text_matchers())}}
        case "schema":
            types = st.sampled_from(["object", "array", "string"])
            matcher = {
                "matchesJsonSchema": {
                    "type": draw(types),
                    "required": draw(st.sampled_from([[], ["a"]])),
                }
            }
        case _:
            text, matcher = draw(_TEXTS), draw(text_matchers())
    return _encoded(draw(st.integers(0, 5)), text, PatternCase({"bodyPatterns": [matcher]}))


def _encoded(choice: int, text: str, case: PatternCase) -> PatternCase:
    if choice == 0:
        return case._replace(
            body=gzip.compress(text.encode()), headers=(("Content-Encoding", "gzip"),)
        )
    if choice == 1:
        plain = (("Content-Type", "text/plain; charset=utf-16"),)
        return case._replace(body=text.encode("utf-16-be"), headers=plain)
    return case._replace(body=text.encode())


CASES = st.one_of(value_cases(), url_cases(), body_cases(), body_cases())
