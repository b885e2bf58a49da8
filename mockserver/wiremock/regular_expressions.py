"""Regular expressions in Java's syntax, as WireMock's mappings have them, in bounded time.

Java's and Python's syntax mostly agree. The few constructs that are spelled differently are
translated. Constructs that Python lacks, or interprets differently, raise an error that names them.

Python's own engine is used if the number of steps is known to be small. Otherwise the package
`regex` is used, whose time can be limited. It is imported at its first use, because the import is
slow, and its limit costs more than most matches.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from mockserver.wiremock.mapping_fields import MappingError


class TookTooLong(Exception):
    """A comparison was given up, because it took too long."""


_CHEAP = 100_000  # steps
_LONGEST = 0.1  # real seconds for one match
_SHORTEST = 0.001  # for an expression that reached the limit often: one search has many strings

_TOKEN = re.compile(r"\\Q.*?(?:\\E|\Z)|\\k<|\\.|\(\?<(?![=!])|&&|\[\^?\]?|\]|.", re.DOTALL)
_TRANSLATED = {"(?<": "(?P<", "\\k<": "(?P=", "\\z": "\\Z"}
_REFUSED = {
    "\\p": "Unicode properties",
    "\\P": "Unicode properties",
    "\\Z": "an end before the last line break",
    "\\G": "the end of the previous match",
    "\\R": "any line break",
    "\\X": "grapheme clusters",
    "\\h": "horizontal white space",
    "\\H": "horizontal white space",
    "\\v": "vertical white space",
    "\\V": "vertical white space",
    "\\0": "octal characters",
    "\\c": "control characters",
    "\\e": "the escape character",
    "\\N": "named characters",
}
_FLAGS = {"s": "DOTALL", "i": "IGNORECASE", "m": "MULTILINE", "x": "VERBOSE"}


def full_match(expression: str, where: str, *, flags: str = "s") -> Callable[[str], bool]:
    """Return a test of whether a whole text matches a regular expression in Java's syntax.

    The test raises TookTooLong if it is given up.

    Args:
        expression: The regular expression.
        where: The name of the field in errors.
        flags: Java's flags as letters; `s` lets a dot match line breaks, as WireMock's matchers do.

    Raises:
        MappingError: The expression is invalid, or has a construct that is not supported.
    """
    compiled = _Expression(expression, where, flags)
    return lambda text: compiled.run("fullmatch", text)


def search(expression: str, where: str) -> Callable[[str], bool]:
    """Return a test of whether a regular expression matches somewhere in a text.

    The test raises TookTooLong if it is given up.

    Raises:
        MappingError: The expression is invalid, or has a construct that is not supported.
    """
    compiled = _Expression(expression, where, "")
    return lambda text: compiled.run("search", text)


class _Cost(NamedTuple):
    """The parts of an expression that determine how many steps a match may take.

    Attributes:
        repetitions: The number of repetitions.
        options: The number of optional parts.
        is_nested: True if a repetition contains a repetition or a choice.
    """

    repetitions: int
    options: int
    is_nested: bool

    def steps(self, length: int) -> float:
        if self.is_nested or self.repetitions > 4 or self.options > 16:
            return float("inf")
        return float(2**self.options * max(length, 1) ** self.repetitions)


class _Expression:
    """A compiled expression."""

    def __init__(self, expression: str, where: str, flags: str) -> None:
        tokens = _tokens(expression, where)
        self._source = "".join(tokens)
        # Java's predefined classes, and its case-insensitive matching, are of ASCII by default.
        self._flags = ["ASCII", *(_FLAGS[flag] for flag in flags)]
        try:
            self._cheap = re.compile(self._source, self._options(re))
        except (re.error, OverflowError, RecursionError, Warning) as error:
            raise MappingError(f"{where} is not a regular expression: {error}") from None
        self._cost = _cost(tokens)
        self._limited: Any = None
        self._limit = _LONGEST

    def run(self, method: str, text: str) -> bool:
        """Return True for a match.

        Raises:
            TookTooLong: The match was given up.
        """
        length = len(text) if method == "fullmatch" else len(text) ** 2
        if self._cost.steps(length) <= _CHEAP:
            return getattr(self._cheap, method)(text) is not None
        if self._limited is None:
            import regex  # noqa: PLC0415 - slow to import, and few expressions need it

            self._limited = regex.compile(self._source, self._options(regex))
        try:
            # concurrent: other threads run during the match.
            match = getattr(self._limited, method)
            return match(text, timeout=self._limit, concurrent=True) is not None
        except TimeoutError:
            self._limit = max(self._limit / 2, _SHORTEST)
            raise TookTooLong from None

    def _options(self, module: Any) -> int:
        options = 0
        for flag in self._flags:
            options |= getattr(module, flag)
        return options


def _tokens(expression: str, where: str) -> list[str]:
    """Return the parts of an expression in Python's syntax."""
    tokens, in_class, in_reference = [], False, False
    for token in _TOKEN.findall(expression):
        if token[:2] in _REFUSED:
            raise MappingError(f"{where}: {token[:2]} ({_REFUSED[token[:2]]}) is not supported")
        if in_class and (token == "&&" or token[0] == "["):
            name = "intersections" if token == "&&" else "unions"
            raise MappingError(f"{where}: {name} of character classes are not supported")
        ends_reference = in_reference and token == ">"
        in_reference = not ends_reference and (in_reference or token == "\\k<")
        in_class = token[0] == "[" or (in_class and token != "]")
        tokens.append(")" if ends_reference else _python(token))
    return tokens


def _python(token: str) -> str:
    if token.startswith("\\Q"):
        return re.escape(token[2:].removesuffix("\\E"))
    return _TRANSLATED.get(token, token)


def _cost(tokens: list[str]) -> _Cost:
    """Return the cost of an expression; a bounded repetition counts as an unbounded one."""
    repetitions, options, is_nested, in_class = 0, 0, False, False
    groups, closed = [False], False  # True for a group that contains a repetition or a choice
    for before, token in zip(["", *tokens], tokens, strict=False):
        if in_class or token[0] == "[":
            in_class = token != "]"
        elif token[0] == "(":
            groups.append(False)
        elif token == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1] |= closed
        elif token == "|":
            groups[-1] = True
        elif token in ("*", "+", "{") or (token == "?" and before[:1] != "("):
            is_nested |= before == ")" and closed
            groups[-1] = True
            repetitions, options = repetitions + (token != "?"), options + (token == "?")
    return _Cost(repetitions, options, is_nested)
