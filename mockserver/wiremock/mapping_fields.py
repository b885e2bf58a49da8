"""JSON objects that users write: fields taken one by one, by name and type; none left over."""

from collections.abc import Mapping
from typing import Any, TypeVar

from mockserver.model.errors import MockServerError

T = TypeVar("T")


class MappingError(MockServerError):
    """A stub, a pattern or a matcher that cannot be used; the text says which field, and why."""


class Fields:
    """The fields of an object; null counts as absent. `where` names the object in errors,
    `places` a field that stands elsewhere.
    """

    def __init__(
        self, value: object, where: str = "", places: Mapping[str, str] | None = None
    ) -> None:
        if not isinstance(value, Mapping):
            raise MappingError(f"{where or 'the mapping'} must be an object")
        self._fields = {name: field for name, field in value.items() if field is not None}
        self._prefix = f"{where}." if where else ""
        self._places = places or {}

    def take(self, name: str, kind: type[T] | tuple[type[T], ...], default: T) -> T:
        """Remove and return a field of type `kind`; `default` where it is absent."""
        return default if name not in self._fields else self._typed(name, kind)

    def take_optional(self, name: str, kind: type[T] | tuple[type[T], ...]) -> T | None:
        """Remove and return a field of type `kind`; None where it is absent."""
        return None if name not in self._fields else self._typed(name, kind)

    def take_any(self, name: str) -> Any:
        """Remove and return a field of any type; None where it is absent."""
        return self._fields.pop(name, None)

    def take_one(self, names: tuple[str, ...]) -> str | None:
        """The one of `names` that is there, not removed; an error for two of them."""
        found = [name for name in names if name in self._fields]
        if len(found) > 1:
            raise MappingError(f"{self._prefix}{found[1]} cannot go with {found[0]}")
        return found[0] if found else None

    def path(self, name: str) -> str:
        """The full name of a field, for errors."""
        return self._places.get(name, self._prefix + name)

    def finish(self, beside: str | None = None) -> None:
        """Raise MappingError, which names a field, if one is left; `beside`: where none may be."""
        for name in self._fields:
            where = f" beside {beside}" if beside else ""
            raise MappingError(f"{self._prefix}{name} is not supported{where}")

    def __len__(self) -> int:
        return len(self._fields)

    def _typed(self, name: str, kind: type[T] | tuple[type[T], ...]) -> T:
        value = self._fields.pop(name)
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise MappingError(f"{self.path(name)} must be {_names(kinds)}")
        return value


_WORDS = {
    str: "a text",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


def _names(kinds: tuple[type[Any], ...]) -> str:
    return _WORDS[kinds[-1]]
