"""JSONPath in Jayway's dialect, which is WireMock's.

It differs from RFC 9535: a filter also applies to an object itself, a path is definite or not, and
functions such as `.length()` end a path. Source: json-path/JsonPath, `internal/path`, and its
behavior in WireMock 3.13.2. Constructs whose result depends on earlier evaluations there, or that
are not implemented here, raise an error that names them.
"""

import re
from collections.abc import Callable
from typing import Any

from mockserver.wiremock.json_path_evaluation import (
    Descendants,
    Filter,
    Function,
    Indexes,
    JsonPath,
    Property,
    Slice,
    Token,
    Wildcard,
)
from mockserver.wiremock.json_path_filter import JsonPathError, parse_filter
from mockserver.wiremock.json_path_operators import (
    FUNCTIONS,
    Document,
    EvaluationAborted,
    EvaluationError,
    NotFoundError,
)
from mockserver.wiremock.json_text import StepBudget, parse_json
from mockserver.wiremock.mapping_fields import MappingError

_BARE_NAME = re.compile(r"[^.\[( ]+")
_QUOTED_NAMES = re.compile(
    r"""\[\s*((?:'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+")(?:\s*,\s*(?:'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+"))*)\s*\]""",
    re.DOTALL,
)
_QUOTED_NAME = re.compile(r"""'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)\"""", re.DOTALL)
_INDEXES = re.compile(r"\[\s*(-?\d{1,9}(?:\s*,\s*-?\d{1,9})*)\s*\]")
_SLICE = re.compile(r"\[\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*\]")
_WILDCARD = re.compile(r"\[\s*\*\s*\]|\*")
_FUNCTION = re.compile(r"([^.\[( ]+)\(\s*(-?\d{1,9})?\s*\)")
_FILTER = re.compile(r"\[\s*\?\s*\(")

_STEPS = 500_000  # for the path and all paths in its filters

FAILED = object()
"""What a function of `finder` returns after an error."""


def compile_path(expression: str) -> JsonPath:
    """Return the compiled path.

    Raises:
        JsonPathError: The expression is not a JSONPath, or has a part that is not supported.
    """
    text = expression.strip()
    if text[:1] not in ("$", "@"):
        text = f"$.{text}"
    tokens, position = [], 1
    while position < len(text):
        token, position = _token(text, position)
        tokens.append(token)
    _check_order(tokens)
    return JsonPath(tuple(tokens), from_root=text[0] == "$")


def _token(text: str, position: int) -> tuple[Token, int]:
    if text.startswith("..", position):
        # The second dot is read again, with the token that follows it.
        return Descendants(), position + 1
    if text[position] == "[":
        return _bracket(text, position)
    if text[position] != ".":
        raise JsonPathError(f"unexpected {text[position]!r} at position {position}")
    if text.startswith(".[", position):
        return _bracket(text, position + 1)
    if text.startswith(".*", position):
        return Wildcard(), position + 2
    function = _FUNCTION.match(text, position + 1)
    if function:
        return _function(function), function.end()
    name = _BARE_NAME.match(text, position + 1)
    if name is None or text.startswith(" ", name.end()):
        raise JsonPathError(f"no name, or a blank in it, at position {position + 1}")
    if text.startswith("(", name.end()):
        raise JsonPathError(f"the function {name[0]} with these arguments is not supported")
    return Property((name[0],)), name.end()


def _bracket(text: str, position: int) -> tuple[Token, int]:
    names = _QUOTED_NAMES.match(text, position)
    if names:
        found = [_unescaped(single or double) for single, double in _QUOTED_NAME.findall(names[1])]
        return Property(tuple(found)), names.end()
    if indexes := _INDEXES.match(text, position):
        return Indexes(tuple(map(int, indexes[1].split(",")))), indexes.end()
    if (cut := _SLICE.match(text, position)) and (cut[1] or cut[2]):
        return Slice(*(int(bound) if bound else None for bound in cut.groups())), cut.end()
    if wildcard := _WILDCARD.match(text, position):
        return Wildcard(), wildcard.end()
    if opening := _FILTER.match(text, position):
        test, end = parse_filter(text, opening.end(), compile_path)
        return Filter(test), end
    raise JsonPathError(f"no name, index, slice, wildcard or filter at position {position}")


def _function(call: re.Match[str]) -> Function:
    name, argument = call.groups()
    if name not in FUNCTIONS or (argument is None) is (name == "index"):
        raise JsonPathError(f"the function {call[0]} is not supported")
    return Function(name, None if argument is None else int(argument))


def _check_order(tokens: list[Token]) -> None:
    if any(isinstance(token, Function) for token in tokens[:-1]):
        raise JsonPathError("a path that continues after a function is not supported")
    for index, token in enumerate(tokens):
        if not isinstance(token, Descendants):
            continue
        rest = tokens[index + 1 :]
        if isinstance(rest[0], Descendants):  # a path that ends with '..' is refused as a name
            raise JsonPathError("more than two dots follow each other")
        if any(isinstance(each, Function) for each in rest):
            raise JsonPathError("a function after '..' is not supported")
        if len(rest) > 1 and not isinstance(rest[0], Property | Filter):
            raise JsonPathError("a path that continues after '..*' or '..[0]' is not supported")


def _unescaped(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name, flags=re.DOTALL)


def finder(expression: str, where: str) -> Callable[[str | None], Any]:
    """Return a function from a string to the value at a path in it.

    The function returns None if there is nothing at the path, and FAILED after an error.

    Raises:
        MappingError: The expression is not a JSONPath; `where` is the name of the field.
    """
    try:
        path = compile_path(expression)
    except (JsonPathError, RecursionError) as error:
        raise MappingError(f"{where} is not a JSONPath: {error or 'nested too deeply'}") from None
    return lambda value: _find(path, value)


def _find(path: JsonPath, value: str | None) -> Any:
    try:
        document = parse_json(value or "")
        return path.find(document, Document(document, StepBudget(_STEPS)))
    except (ValueError, RecursionError, NotFoundError):
        return None
    except (EvaluationError, EvaluationAborted):
        # No matcher accepts an error, not even `absent`.
        return FAILED
