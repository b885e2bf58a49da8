"""The public names of token-mockserver, under an import name that no other distribution has."""

from typing import TYPE_CHECKING, Any

from mockserver.model.version import VERSION as __version__
from mockserver.public_names import public_name

if TYPE_CHECKING:
    from mockserver import (
        ConfigurationError,
        ControlError,
        MockServerError,
        RemoteMock,
        TokenMock,
        TokenServer,
        create_app,
        mock_tokens,
    )

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


def __getattr__(name: str) -> Any:
    return public_name(__name__, name)
