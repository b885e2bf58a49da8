"""token-mockserver: an emulator of four vendors' token APIs, for tests."""

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


def __getattr__(name: str) -> Any:
    from mockserver.public_names import MODULES, public_name  # noqa: PLC0415 - only if asked

    if name not in MODULES and not name.startswith("_") and _has_mockservers_client():
        raise ImportError(
            f"mockserver.{name} is not there: the import package mockserver belongs to "
            "token-mockserver here, which was installed after mockserver-client; install the two "
            "in separate environments, or mockserver-client last"
        )
    return public_name(__name__, name)


def _has_mockservers_client() -> bool:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - rarely

    try:
        version("mockserver-client")
    except PackageNotFoundError:
        return False
    return True
