"""Types of the public names: those of `mockserver`."""

from mockserver import ConfigurationError as ConfigurationError
from mockserver import ControlError as ControlError
from mockserver import MockServerError as MockServerError
from mockserver import RemoteMock as RemoteMock
from mockserver import TokenMock as TokenMock
from mockserver import TokenServer as TokenServer
from mockserver import __version__ as __version__
from mockserver import create_app as create_app
from mockserver import mock_tokens as mock_tokens

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
