"""Regular expressions in Java's syntax, as WireMock's mappings have them.

Java's and Python's syntax mostly agree. The few constructs that are spelled differently are
translated. Constructs that Python lacks, or reads in another sense, are refused by name.
"""

import re
from collections.abc import Callable

from mockserver.wiremock.mapping_fields import MappingError


class TookTooLong(Exception):
    """A comparison was given up, because it took too long."""


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


def full_match(expression: str, where: str, *, flags: str = "s") -> Callable[[str], bool]:
    """Return a test whether a whole text matches a regular expression in Java's syntax.

    Args:
        expression: The regular expression.
        where: The name of the field in errors.
        flags: Java's flags as letters; `s` lets a dot match line breaks, as WireMock's matchers do.

    Raises:
        MappingError: The expression is not one, or has a construct that is not supported.
    """
    pattern = _compiled(expression, where, flags)
    return lambda text: pattern.fullmatch(text) is not None


def search(expression: str, where: str) -> Callable[[str], bool]:
    """Return a test whether a regular expression matches somewhere in a text.

    Raises:
        MappingError: The expression is not one, or has a construct that is not supported.
    """
    pattern = _compiled(expression, where, "")
    return lambda text: pattern.search(text) is not None


def _compiled(expression: str, where: str, flags: str) -> re.Pattern[str]:
    # Java's predefined classes, and its case-insensitive matching, are of ASCII by default.
    options = re.ASCII
    for flag in flags:
        options |= {"s": re.DOTALL, "i": re.IGNORECASE, "m": re.MULTILINE, "x": re.VERBOSE}[flag]
    try:
        return re.compile(_translated(expression, where), options)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise MappingError(f"{where} is no regular expression: {error}") from None


def _translated(expression: str, where: str) -> str:
    parts, in_class, in_reference = [], False, False
    for token in _TOKEN.findall(expression):
        if token[:2] in _REFUSED:
            raise MappingError(f"{where}: {token[:2]} ({_REFUSED[token[:2]]}) is not supported")
        if in_class and (token == "&&" or token[0] == "["):
            name = "intersections" if token == "&&" else "unions"
            raise MappingError(f"{where}: {name} of character classes are not supported")
        ends_reference = in_reference and token == ">"
        in_reference = not ends_reference and (in_reference or token == "\\k<")
        in_class = token[0] == "[" or (in_class and token != "]")
        parts.append(")" if ends_reference else _python(token))
    return "".join(parts)


def _python(token: str) -> str:
    if token.startswith("\\Q"):
        return re.escape(token[2:].removesuffix("\\E"))
    return _TRANSLATED.get(token, token)
