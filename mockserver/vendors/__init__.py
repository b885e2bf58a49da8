"""The vendors: each a folder here, or an entry point of another distribution."""

import pkgutil
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from mockserver.core.errors import ConfigurationError
from mockserver.core.vendor import Vendor

ENTRY_POINTS = "token_mockserver.vendors"
"""The group under which another distribution names a `Vendor` of its own."""


def discover() -> tuple[Vendor[Any], ...]:
    """Every vendor there is, by name: the `vendor` of each folder here, and each entry point.

    Raises ConfigurationError for two of one name, or for an entry point that is no vendor.
    """
    found: dict[str, Vendor[Any]] = {}
    for origin, vendor in [*_folders(), *_entry_points()]:
        if not isinstance(vendor, Vendor):
            raise ConfigurationError(f"{origin} is no vendor")
        if vendor.name in found:
            raise ConfigurationError(f"{origin}: there is a vendor {vendor.name!r} already")
        found[vendor.name] = vendor
    return tuple(found[name] for name in sorted(found))


def _folders() -> list[tuple[str, Any]]:
    names = [f"{__name__}.{entry.name}" for entry in pkgutil.iter_modules(__path__) if entry.ispkg]
    return [(name, import_module(name).vendor) for name in names]


def _entry_points() -> list[tuple[str, Any]]:
    return [
        (f"entry point {entry.name}", entry.load()) for entry in entry_points(group=ENTRY_POINTS)
    ]
