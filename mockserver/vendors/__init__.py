"""The vendors: each a folder here, or an entry point of another distribution."""

import sys
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from importlib.metadata import EntryPoint, distributions, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.model.vendor import Vendor

ENTRY_POINTS = "token_mockserver.vendors"
"""The entry point group under which another distribution declares a `Vendor`."""


def discover() -> "tuple[Vendor[Any], ...]":
    """Return every vendor, sorted by name: of each folder here, and of each entry point.

    Raises:
        ConfigurationError: If a folder or an entry point cannot be loaded, is not a `Vendor`, or
            has another name than its vendor; or if two vendors have the same name.
    """
    # Imported here, because the plugin of pytest needs only the names, in every run.
    from mockserver.model.errors import ConfigurationError  # noqa: PLC0415
    from mockserver.model.vendor import Vendor  # noqa: PLC0415

    found = {}
    for name, load in _loaders():
        try:
            vendor = load()
        except Exception as error:  # the module of another distribution may raise anything
            raise ConfigurationError(f"the vendor {name!r} cannot be loaded: {error}") from error
        if not isinstance(vendor, Vendor):
            raise ConfigurationError(f"the vendor {name!r} is not a Vendor")
        if vendor.name != name:
            raise ConfigurationError(f"the vendor {name!r} has the name {vendor.name!r}")
        if name in found:
            raise ConfigurationError(f"there are two vendors {name!r}")
        found[name] = vendor
    return tuple(found[name] for name in sorted(found))


def vendor_names() -> list[str]:
    """Return the names of all vendors, without importing them."""
    return sorted({name for name, _ in _loaders()})


def _loaders() -> list[tuple[str, Callable[[], Any]]]:
    # Not by `pkgutil`, which imports `inspect`.
    folders = {found.parent.name for found in Path(__path__[0]).glob("[!_]*/__init__.*")}
    built_in = [(name, partial(_folder, name)) for name in sorted(folders)]
    return [*built_in, *((entry.name, entry.load) for entry in _declared(tuple(sys.path)))]


@cache
def _declared(_path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Return the entry points of all distributions on the path.

    Cached, because many files are read; the path is the key of the cache.
    """
    # A search in the texts takes half of the time that parsing all of them takes.
    texts = (each.read_text("entry_points.txt") for each in distributions())
    if not any(ENTRY_POINTS in text for text in texts if text):
        return ()
    return tuple(entry_points(group=ENTRY_POINTS))


def _folder(name: str) -> Any:
    return import_module(f"{__name__}.{name}").vendor
