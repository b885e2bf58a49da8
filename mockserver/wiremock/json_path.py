"""What a JSONPath finds in a JSON text."""

import json
from collections.abc import Callable
from typing import Any

from mockserver.wiremock.mapping_fields import MappingError

Find = Callable[[str | None], Any]


def finder(expression: str, where: str) -> Find:
    """A function from a text to what is found in it, None for nothing.

    That is one value where the path can lead to one only, else a list of all. Raises MappingError
    for an expression that is no JSONPath.
    """
    import jsonpath  # noqa: PLC0415 - slow to import, and few use it

    try:
        path = jsonpath.compile(expression)
    except Exception as error:  # bad regular expressions in it, numbers, nesting: each its own
        reason = str(error).partition("\n")[0]
        raise MappingError(f"{where} is no JSONPath: {reason}") from None
    single = isinstance(path, jsonpath.JSONPath) and path.singular_query()

    def find(value: str | None) -> Any:
        try:
            found = path.findall(json.loads(value or ""))
        except Exception:  # no JSON, or a filter that cannot be applied to it
            return None
        if single:
            return found[0] if found else None
        return found or None

    return find
