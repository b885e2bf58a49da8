"""Read the settings of a vendor: words, whole numbers and lists of strings, each with its name."""

from collections.abc import Iterable, Mapping
from typing import (
    Any,
    Literal,
    NamedTuple,
    NewType,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)
from urllib.parse import urlsplit

from mockserver.model.errors import ConfigurationError

S = TypeVar("S")

Address = NewType("Address", str)
"""A URL without query and fragment, such as "https://app.example.org/back"."""

_LARGEST = 10**9  # thirty years in seconds


class NoSettings(NamedTuple):
    """The settings of a vendor that has none."""


def read_settings(
    kind: type[S], table: Mapping[str, Any], where: str, common: Iterable[str] = ()
) -> S:
    """Return an instance of the NamedTuple `kind` with fields from `table`, the rest by default.

    Args:
        kind: A NamedTuple class. Its fields are a `Literal` of words, an `int` of 1 to 10^9, or a
            tuple of strings or of `Address`.
        table: The values by name.
        where: The name of the table, for errors.
        common: The names of settings that every vendor has, for errors.

    Raises:
        ConfigurationError: If a setting is unknown or has a wrong value; the text names it.
    """
    known = get_type_hints(kind)
    for name, value in table.items():
        if name not in known:
            listed = _listed([*known, *common])
            raise ConfigurationError(f"{where}.{name} is not a setting; known: {listed}")
        _check(f"{where}.{name}", value, known[name])
    return kind(**{name: _value(value) for name, value in table.items()})


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check(name: str, value: object, hint: Any) -> None:
    if get_origin(hint) is Literal:
        if not isinstance(value, str) or value not in get_args(hint):
            raise ConfigurationError(f"{name} must be one of {_listed(get_args(hint))}")
    elif get_origin(hint) is tuple:
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise ConfigurationError(f"{name} must be a list of strings")
        wrong = [each for each in value if get_args(hint)[0] is Address and not _is_address(each)]
        if wrong:
            form = "a URL such as https://app.example.org/back, without query and fragment"
            raise ConfigurationError(f"{name}: {wrong[0]!r} is not {form}")
    elif isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST:
        raise ConfigurationError(f"{name} must be a whole number, 1 to {_LARGEST}")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return text == f"{parts.scheme}://{parts.netloc}{parts.path}" and bool(parts.netloc)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
