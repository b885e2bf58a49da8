"""Strict reading of JSON objects: each field by name and type; unknown fields are errors."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from mockserver.model.errors import MockServerError

T = TypeVar("T")

# Fields of WireMock's mappings that are refused, with the reason. An error names both; the
# documentation is generated from these tables.
_TEMPLATING = "response templates are not implemented"
_PROXYING = "stubs do not forward requests"
_XML = "XML bodies are not parsed"
_TIMES = "values are not compared as times"
_LATER = "new in WireMock 4, not implemented"

UNSUPPORTED_MAPPING = {
    "mappings": "several mappings go to POST /__admin/mappings/import",
    "postServeActions": "there are no extensions",
    "serveEventListeners": "there are no extensions",
}
UNSUPPORTED_REQUEST = {
    "multipartPatterns": "multipart bodies are not parsed",
    "clientIp": "clients are not distinguished",
    "customMatcher": "there are no extensions",
}
UNSUPPORTED_MATCHERS = {
    "equalToXml": _XML,
    "matchesXPath": _XML,
    "before": _TIMES,
    "after": _TIMES,
    "equalToDateTime": _TIMES,
    "binaryEqualTo": "a body is compared as text",
    "matchesPathTemplate": _LATER,
    "greaterThanNumber": _LATER,
    "greaterThanEqualNumber": _LATER,
    "lessThanNumber": _LATER,
    "lessThanEqualNumber": _LATER,
}
UNSUPPORTED_RESPONSE = {
    "statusMessage": "the standard phrase of the status is sent",
    "bodyFileName": "there is no file store",
    "proxyBaseUrl": _PROXYING,
    "additionalProxyRequestHeaders": _PROXYING,
    "removeProxyRequestHeaders": _PROXYING,
    "proxyUrlPrefixToRemove": _PROXYING,
    "transformers": _TEMPLATING,
    "transformerParameters": _TEMPLATING,
    "fromConfiguredStub": "it is internal to WireMock",
}


class MappingError(MockServerError):
    """A stub, request pattern or matcher cannot be used; the text names the field and says why."""


class Fields:
    """The fields of one object, for reading them one by one. A field with null counts as absent.

    Args:
        value: The object.
        where: The object's own name in errors, such as "request.headers.A"; "" for the top level.
        paths: By name of a field, its full name in errors where it is not below `where`.
        unsupported: By name of a field, the reason why it is refused. WireMock's clients write
            such fields without a value (null, an empty list or object): they count as absent.

    Raises:
        MappingError: `value` is not an object.
    """

    def __init__(
        self,
        value: object,
        where: str = "",
        *,
        paths: Mapping[str, str] | None = None,
        unsupported: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(value, Mapping):
            raise MappingError(f"{where or 'the mapping'} must be an object")
        self._unsupported = unsupported or {}
        self._fields = {
            name: field
            for name, field in value.items()
            if field is not None and not (name in self._unsupported and field in ([], {}))
        }
        self._prefix = f"{where}." if where else ""
        self._paths = paths or {}
        self._known: list[str] = []  # the names that were asked for, for errors

    def take(self, name: str, kind: type[T] | tuple[type[T], ...], default: T) -> T:
        """Remove and return a field of type `kind`; `default` where it is absent."""
        self._known.append(name)
        return default if name not in self._fields else self._typed(name, kind)

    def take_optional(self, name: str, kind: type[T] | tuple[type[T], ...]) -> T | None:
        """Remove and return a field of type `kind`; None if it is absent."""
        self._known.append(name)
        return None if name not in self._fields else self._typed(name, kind)

    def take_any(self, name: str) -> Any:
        """Remove and return a field of any type; None if it is absent."""
        self._known.append(name)
        return self._fields.pop(name, None)

    def take_one(self, names: tuple[str, ...]) -> str | None:
        """Return the one of `names` that is present, without removing it.

        Raises:
            MappingError: Two of them are present.
        """
        self._known.extend(names)
        found = [name for name in names if name in self._fields]
        if len(found) > 1:
            raise MappingError(f"{self._prefix}{found[1]} cannot be combined with {found[0]}")
        return found[0] if found else None

    def path(self, name: str) -> str:
        """Return the full name of a field, for errors."""
        return self._paths.get(name, self._prefix + name)

    def finish(self, beside: str | None = None) -> None:
        """Raise MappingError if a field is left.

        Args:
            beside: The field that allows no other field beside it, for the text of the error.
        """
        self.check_known((), beside)

    def check_known(self, known: Collection[str], beside: str | None = None) -> None:
        """Raise MappingError for a field that is not one of `known`."""
        for name in [each for each in self._fields if each not in known]:
            where = f" beside {beside}" if beside else ""
            reason = f": {self._unsupported[name]}" if name in self._unsupported else ""
            if not reason and not beside:
                reason = _suggestion(name, (*known, *self._known))
            raise MappingError(f"{self._prefix}{name} is not supported{where}{reason}")

    def __len__(self) -> int:
        return len(self._fields)

    def _typed(self, name: str, kind: type[T] | tuple[type[T], ...]) -> T:
        value = self._fields.pop(name)
        kinds = kind if isinstance(kind, tuple) else (kind,)
        # In Python True is an integer; in JSON it is not.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise MappingError(f"{self.path(name)} must be {_TYPE_NAMES[kinds[-1]]}")
        return value


def _suggestion(name: object, known: Collection[str]) -> str:
    """Return "; did you mean ...?" with the known name that is most like `name`, or all names."""
    from difflib import get_close_matches  # noqa: PLC0415 - for an error only

    near = get_close_matches(str(name), known, 1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known: {', '.join(dict.fromkeys(known))}" if known else ""


_TYPE_NAMES: dict[type[Any], str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}

UNSUPPORTED_PATHS = {
    "/mappings/save": "saving stubs to files",
    "/mappings/edit": "editing stubs as in version 1",
    "/requests/remove-by-metadata": "removing requests by metadata",
    "/settings/extended": "settings of extensions",
    "/recordings": "recording",
    "/recorder": "recording",
    "/files": "file store",
    "/shutdown": "shutdown by a request",
    "/docs": "documentation page",
    "/channels": "message channels",
    "/channel-providers": "message channels",
    "/messages": "message journal",
    "/message-mappings": "message stubs",
}
"""Paths of WireMock below the prefix that are not supported, with the missing feature."""
