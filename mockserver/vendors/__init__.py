"""The vendors: each a folder here, or an entry point of another distribution."""

import pkgutil
import sys
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from mockserver.model.errors import ConfigurationError
from mockserver.model.vendor import Vendor

ENTRY_POINTS = "token_mockserver.vendors"
"""The group under which another distribution names a `Vendor` of its own."""


def discover() -> tuple[Vendor[Any], ...]:
    """Every vendor there is, by name: the `vendor` of each folder here, and each entry point.

    A folder and an entry point have their vendor's name. Raises ConfigurationError if they have
    not, for two of one name, and for an entry point that is no vendor.
    """
    found = {}
    for name, load in _loaders():
        try:
            vendor = load()
        except Exception as error:  # whatever somebody else's module does when it is imported
            raise ConfigurationError(f"the vendor {name!r} cannot be loaded: {error}") from error
        if not isinstance(vendor, Vendor):
            raise ConfigurationError(f"the vendor {name!r} is no Vendor")
        if vendor.name != name:
            raise ConfigurationError(f"the vendor {name!r} calls itself {vendor.name!r}")
        if name in found:
            raise ConfigurationError(f"there are two vendors {name!r}")
        found[name] = vendor
    return tuple(found[name] for name in sorted(found))


def vendor_names() -> list[str]:
    """The names of all vendors; none of them is imported for it."""
    return sorted({name for name, _ in _loaders()})


def _loaders() -> list[tuple[str, Callable[[], Any]]]:
    folders = [entry.name for entry in pkgutil.iter_modules(__path__) if entry.ispkg]
    built_in = [(name, partial(_folder, name)) for name in folders]
    return [*built_in, *((entry.name, entry.load) for entry in _declared(tuple(sys.path)))]


@cache
def _declared(_path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """The entry points of all distributions on the path, which are many files to be read."""
    return tuple(entry_points(group=ENTRY_POINTS))


def _folder(name: str) -> Any:
    return import_module(f"{__name__}.{name}").vendor
