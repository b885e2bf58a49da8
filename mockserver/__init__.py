"""token-mockserver: an emulator of four vendors' token APIs, for tests."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.model.version import VERSION as __version__

if TYPE_CHECKING:
    from mockserver.adapters.flask import create_app
    from mockserver.model.errors import ConfigurationError, ControlError, MockServerError
    from mockserver.testing.remote_mock import RemoteMock
    from mockserver.testing.token_mock import TokenMock, mock_tokens
    from mockserver.testing.token_server import TokenServer

__all__ = [
    "ConfigurationError",
    "ControlError",
    "MockServerError",
    "RemoteMock",
    "TokenMock",
    "TokenServer",
    "__version__",
    "create_app",
    "mock_tokens",
]

_MODULES = {
    "ConfigurationError": "mockserver.model.errors",
    "ControlError": "mockserver.model.errors",
    "MockServerError": "mockserver.model.errors",
    "RemoteMock": "mockserver.testing.remote_mock",
    "TokenMock": "mockserver.testing.token_mock",
    "TokenServer": "mockserver.testing.token_server",
    "create_app": "mockserver.adapters.flask",
    "mock_tokens": "mockserver.testing.token_mock",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is asked for, so that a test pays for what it uses only."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
