"""Settings of a vendor: a tuple of words and whole numbers, each with its name."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from mockserver.model.errors import ConfigurationError

S = TypeVar("S")

_LARGEST = 10**9  # thirty years in seconds


class NoSettings(NamedTuple):
    """For a vendor without switches."""


def read_settings(kind: type[S], table: Mapping[str, Any], where: str) -> S:
    """An instance of the NamedTuple `kind`, its fields from `table`, the rest by default.

    A field is a `Literal` of words or an `int`, 1 to 10^9. Raises ConfigurationError, which names
    the setting as `where.name`, for one that is unknown or has no such value.
    """
    known = get_type_hints(kind)
    for name, value in table.items():
        if name not in known:
            raise ConfigurationError(f"{where}.{name} is no setting; known: {_listed(known)}")
        _check(f"{where}.{name}", value, known[name])
    return kind(**table)


def _check(name: str, value: object, hint: Any) -> None:
    if get_origin(hint) is Literal:
        if not isinstance(value, str) or value not in get_args(hint):
            raise ConfigurationError(f"{name} must be one of {_listed(get_args(hint))}")
    elif isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST:
        raise ConfigurationError(f"{name} must be a whole number, 1 to {_LARGEST}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
