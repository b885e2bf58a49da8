"""The public names of the package and the modules that define them.

Both import packages, `token_mockserver` and `mockserver`, give these names. They are not defined
in `mockserver/__init__.py`, because MockServer's client (`mockserver-client` on PyPI) has a file
at the same path: of two installed distributions the later one wins.
"""

from importlib import import_module
from typing import Any

MODULES = {
    "ConfigurationError": "mockserver.model.errors",
    "ControlError": "mockserver.model.errors",
    "MockServerError": "mockserver.model.errors",
    "RemoteMock": "mockserver.testing.remote_mock",
    "TokenMock": "mockserver.testing.token_mock",
    "TokenServer": "mockserver.testing.token_server",
    "create_app": "mockserver.adapters.flask",
    "mock_tokens": "mockserver.testing.token_mock",
}
"""The module by name. Each is imported when it is asked for: a test pays for what it uses."""


def public_name(package: str, name: str) -> Any:
    """Return what a public name stands for.

    Raises:
        AttributeError: For another name; `package` is the one that was asked.
    """
    if name not in MODULES:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return getattr(import_module(MODULES[name]), name)
