"""Settings of a vendor: a dataclass of words and whole numbers, read from a table."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from mockserver.core.errors import ConfigurationError

S = TypeVar("S")

_LARGEST = 10**9  # thirty years in seconds


@dataclass(frozen=True)
class NoSettings:
    """For a vendor without switches."""


def read_settings(kind: type[S], table: Mapping[str, Any], where: str) -> S:
    """An instance of the dataclass `kind`, its fields from `table`, the rest by default.

    A field is a `Literal` of words or an `int`, 1 to 10^9. Raises ConfigurationError, which names
    the setting as `where.name`, for one that is unknown or has no such value.
    """
    hints = get_type_hints(kind)
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    for name, value in table.items():
        if name not in known:
            raise ConfigurationError(f"{where}.{name} is no setting; known: {_listed(known)}")
        _check(f"{where}.{name}", value, hints[name])
    return kind(**table)


def _check(name: str, value: object, hint: Any) -> None:
    if get_origin(hint) is Literal:
        if not isinstance(value, str) or value not in get_args(hint):
            raise ConfigurationError(f"{name} must be one of {_listed(get_args(hint))}")
    elif isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST:
        raise ConfigurationError(f"{name} must be a whole number, 1 to {_LARGEST}")


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
