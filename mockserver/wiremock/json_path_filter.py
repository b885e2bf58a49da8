"""Filters of a JSONPath, `[?(@.a == 1 && @.b in ['x'])]`, in Jayway's dialect.

Source: json-path/JsonPath, `internal/filter`.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from mockserver.wiremock.json_path_operators import (
    DECIMAL,
    OPERATORS,
    Document,
    EvaluationAborted,
    EvaluationError,
    Keys,
    Literal,
    NotFoundError,
    Operator,
    Pattern,
    Undefined,
)
from mockserver.wiremock.json_text import parse_json
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.regular_expressions import full_match

Test = Callable[[Any, Document], bool]
"""Return True if the filter holds for an item of a document."""

_UNSUPPORTED = frozenset({"ALL", "TYPE", "MATCHES"})
_NUMBER = re.compile(r"[-.eE\d]+")
_SYMBOL = re.compile(r"[<>=~!]+")
_WORD = re.compile(r"[^ ]+")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\"", re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*+)/([dimsuxU]*)", re.DOTALL)
_END = re.compile(r"\s*\]")


class JsonPathError(Exception):
    """The text is not a JSONPath, or has a part that is not supported."""


class Path(Protocol):
    """The part of a compiled path that a filter uses."""

    from_root: bool

    def find(self, item: Any, document: Document, *, must_exist: bool = False) -> Any:
        """Return the value at the path."""


class PathOperand(NamedTuple):
    """A path in a filter, with an exclamation mark before it or without."""

    path: Path
    is_negated: bool


def parse_filter(text: str, position: int, compile_path: Callable[[str], Path]) -> tuple[Test, int]:
    """Parse a filter.

    Args:
        text: The whole path.
        position: Where the filter's expression begins, after its opening parenthesis.
        compile_path: Compiles the paths in the filter.

    Returns:
        The filter, and the position after its closing bracket.

    Raises:
        JsonPathError: The expression is not a filter, or has a part that is not supported.
    """
    parser = _FilterParser(text, position, compile_path)
    test = parser.alternatives()
    parser.expect(")")
    end = _END.match(text, parser.position)
    if end is None:
        raise JsonPathError(f"the filter does not end at position {parser.position}")

    def holds(item: Any, document: Document) -> bool:
        try:
            return test(item, document)
        except EvaluationError:
            return False

    return holds, end.end()


class _FilterParser:
    def __init__(self, text: str, position: int, compile_path: Callable[[str], Path]) -> None:
        self._text = text
        self.position = position
        self._compile_path = compile_path

    def alternatives(self) -> Test:
        tests = [self._conjunction()]
        while self._accept("||"):
            tests.append(self._conjunction())
        return (
            tests[0]
            if len(tests) == 1
            else lambda item, document: any(t(item, document) for t in tests)
        )

    def _conjunction(self) -> Test:
        tests = [self._operand()]
        while self._accept("&&"):
            tests.append(self._operand())
        return (
            tests[0]
            if len(tests) == 1
            else lambda item, document: all(t(item, document) for t in tests)
        )

    def _operand(self) -> Test:
        start = self.position
        if self._accept("!"):
            if self._peek() not in ("@", "$"):
                test = self._operand()
                return lambda item, document: not test(item, document)
            self.position = start
        if self._accept("("):
            test = self.alternatives()
            self.expect(")")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        left = self._value()
        start = self.position
        operator = self._operator()
        if operator is None:
            self.position = start
            return _existence(left)
        if isinstance(left, PathOperand) and left.is_negated:
            raise JsonPathError("'!' before a comparison is not supported")
        return _relation(left, operator, self._value())

    def _operator(self) -> Operator | None:
        self._skip()
        token = _SYMBOL.match(self._text, self.position) or _WORD.match(self._text, self.position)
        name = token[0].upper() if token else ""
        if name in _UNSUPPORTED:
            raise JsonPathError(f"the operator {name.lower()} is not supported")
        if token and name in OPERATORS:
            self.position = token.end()
            return OPERATORS[name]
        return None

    def _value(self) -> Any:
        first = self._peek()
        if first in ("@", "$", "!"):
            is_negated = self._accept("!")
            if self._peek() not in ("@", "$"):
                raise JsonPathError(f"unexpected '!' at position {self.position}")
            return PathOperand(self._compile_path(self._path_text()), is_negated)
        if string := _STRING.match(self._text, self.position):
            self.position = string.end()
            return re.sub(r"\\(.)", r"\1", string[1] if string[1] is not None else string[2])
        if first == "/":
            return self._pattern()
        if first in ("[", "{"):
            return self._literal()
        return self._scalar()

    def _scalar(self) -> Any:
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self._text.startswith(word, self.position):
                self.position += len(word)
                return value
        number = _NUMBER.match(self._text, self.position)
        if number is None or not DECIMAL.fullmatch(number[0]):
            raise JsonPathError(f"no value at position {self.position}")
        self.position = number.end()
        return Decimal(number[0])

    def _pattern(self) -> Pattern:
        found = _REGEX.match(self._text, self.position)
        if found is None:
            raise JsonPathError("the regular expression is not closed")
        self.position = found.end()
        if set(found[2]) - set("imsx"):
            raise JsonPathError(f"the flags {found[2]} of a regular expression are not supported")
        try:
            return Pattern(full_match(found[1], found[0], flags=found[2]))
        except MappingError as error:
            raise JsonPathError(str(error)) from None

    def _literal(self) -> Literal:
        start = self.position
        self.position = self._closing(start)
        try:
            return Literal(parse_json(self._text[start : self.position]))
        except (ValueError, RecursionError):
            raise JsonPathError(f"no JSON at position {start}") from None

    def _path_text(self) -> str:
        """Read a path up to a blank, an operator or a parenthesis that is not a function's."""
        start = self.position
        self.position += 1
        while self.position < len(self._text):
            character = self._text[self.position]
            if character == "[":
                self.position = self._closing(self.position)
                continue
            if character in " <>=~!" or (character == ")" and not self._closes_function(start)):
                break
            self.position += 1
        return self._text[start : self.position]

    def _closes_function(self, start: int) -> bool:
        before = self._text[start : self.position].rstrip(" ")
        return before.endswith("(") and "." in before[1:]

    def _closing(self, start: int) -> int:
        """Return the position after the bracket that closes the one at `start`."""
        depth, position = 0, start
        while position < len(self._text):
            if string := _STRING.match(self._text, position):
                position = string.end()
                continue
            depth += (self._text[position] in "[{") - (self._text[position] in "]}")
            position += 1
            if depth == 0:
                return position
        raise JsonPathError(f"the bracket at position {start} is not closed")

    def expect(self, token: str) -> None:
        """Skip blanks and the given token."""
        if not self._accept(token):
            raise JsonPathError(f"expected {token!r} at position {self.position}")

    def _accept(self, token: str) -> bool:
        self._skip()
        found = self._text.startswith(token, self.position)
        self.position += len(token) if found else 0
        return found

    def _peek(self) -> str:
        self._skip()
        return self._text[self.position : self.position + 1]

    def _skip(self) -> None:
        while self._text[self.position : self.position + 1] == " ":
            self.position += 1


def _existence(operand: Any) -> Test:
    if not isinstance(operand, PathOperand):
        raise JsonPathError("a value without a comparison")

    def exists(item: Any, document: Document) -> bool:
        try:
            # Jayway begins at the item, also if the path begins with "$".
            operand.path.find(item, document, must_exist=True)
        except NotFoundError:
            return operand.is_negated
        return not operand.is_negated

    return exists


def _relation(left: Any, operator: Operator, right: Any) -> Test:
    return lambda item, document: operator(
        _evaluated(left, item, document), _evaluated(right, item, document), document.budget
    )


def _evaluated(operand: Any, item: Any, document: Document) -> Any:
    if not isinstance(operand, PathOperand):
        return operand
    try:
        found = operand.path.find(document.root if operand.path.from_root else item, document)
    except NotFoundError:
        return Undefined
    if isinstance(found, Keys):
        raise EvaluationAborted
    return found
