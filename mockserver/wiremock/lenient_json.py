"""JSON as WireMock reads it: with comments, single quotes, and text after the first value.

WireMock's Jackson is configured so (`ALLOW_COMMENTS`, `ALLOW_SINGLE_QUOTES`, and no check for
trailing tokens). Text that is strict JSON is read by the standard library alone.
"""

import json
import re
from typing import Any

# Each alternative matches to the end of the text if its closing mark is missing, and the groups
# are possessive: the scan is linear for every text.
_TOKEN = re.compile(
    r"""("(?:[^"\\]|\\.?)*+"?) | '((?:[^'\\]|\\.?)*+)'? | /\*.*?(?:\*/|\Z) | //[^\n]*""",
    re.DOTALL | re.VERBOSE,
)
_QUOTES = {"\\'": "'", '"': '\\"'}
_QUOTE = re.compile(r"""\\.|\"""", re.DOTALL)
_DECODER = json.JSONDecoder()


def parse_json(text: str) -> Any:
    """Return the JSON value with which a string begins.

    Raises:
        ValueError: The text does not begin with a JSON value, strict or lenient.
        RecursionError: The value is nested too deeply.
    """
    try:
        return json.loads(text)
    except ValueError:
        value, _ = _DECODER.raw_decode(_TOKEN.sub(_strict, text).lstrip())
        return value


def _strict(token: re.Match[str]) -> str:
    if token[1] is not None:
        return token[1]
    if token[2] is not None:
        return '"' + _QUOTE.sub(lambda quote: _QUOTES.get(quote[0], quote[0]), token[2]) + '"'
    return " "
