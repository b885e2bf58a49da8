"""token-mockserver: four vendors' token APIs, for tests."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.model.version import VERSION as __version__

if TYPE_CHECKING:
    from mockserver.adapters.flask import create_app
    from mockserver.testing.remote_mock import RemoteMock
    from mockserver.testing.token_mock import TokenMock, mock_tokens
    from mockserver.testing.token_server import TokenServer

__all__ = ["RemoteMock", "TokenMock", "TokenServer", "__version__", "create_app", "mock_tokens"]

_HOMES = {
    "RemoteMock": "mockserver.testing.remote_mock",
    "TokenMock": "mockserver.testing.token_mock",
    "TokenServer": "mockserver.testing.token_server",
    "create_app": "mockserver.adapters.flask",
    "mock_tokens": "mockserver.testing.token_mock",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when asked for: a test that needs no Flask must not pay for it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
