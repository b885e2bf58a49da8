"""token-mockserver: four vendors' token APIs, for tests."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.core.version import VERSION as __version__

if TYPE_CHECKING:
    from mockserver.doors.flask import create_app

__all__ = ["__version__", "create_app"]

_HOMES = {"create_app": "mockserver.doors.flask"}


def __getattr__(name: str) -> Any:
    """Public names are imported when asked for: a test that needs no Flask must not pay for it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
