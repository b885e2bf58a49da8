"""token-mockserver: four vendors' token APIs, for tests."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.core.version import VERSION as __version__

if TYPE_CHECKING:
    from mockserver.doors.flask import create_app
    from mockserver.mock.remote_mock import RemoteMock
    from mockserver.mock.token_mock import TokenMock, mock_tokens
    from mockserver.mock.token_server import TokenServer

__all__ = ["RemoteMock", "TokenMock", "TokenServer", "__version__", "create_app", "mock_tokens"]

_HOMES = {
    "RemoteMock": "mockserver.mock.remote_mock",
    "TokenMock": "mockserver.mock.token_mock",
    "TokenServer": "mockserver.mock.token_server",
    "create_app": "mockserver.doors.flask",
    "mock_tokens": "mockserver.mock.token_mock",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when asked for: a test that needs no Flask must not pay for it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
