"""Lead this interpreter's connections to the vendors' hosts to the server that is named here.

Python imports a module of this name at its start; `token-mockserver run` and `env` put this folder
first on PYTHONPATH. It needs nothing but the standard library, and changes nothing where the
variables TOKEN_MOCKSERVER_URL, TOKEN_MOCKSERVER_HOSTS and TOKEN_MOCKSERVER_CA are not set.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

_HERE = os.path.dirname(os.path.abspath(__file__))


def _redirect() -> None:
    import functools
    import ssl
    from urllib.parse import urlsplit

    source = os.path.join(_HERE, "..", "..", "adapters", "socket_redirect.py")
    spec = importlib.util.spec_from_file_location("_token_mockserver_socket_redirect", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    url = urlsplit(os.environ["TOKEN_MOCKSERVER_URL"])
    address = (url.hostname, url.port or 80)
    hosts = frozenset(os.environ["TOKEN_MOCKSERVER_HOSTS"].lower().split(","))

    @functools.lru_cache(maxsize=None)
    def client_context() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=os.environ["TOKEN_MOCKSERVER_CA"])

    redirect = module.SocketRedirect(hosts.__contains__, lambda: address, client_context)
    for owner, name, method in module.hooks(redirect):
        setattr(owner, name, _before(getattr(owner, name), method))


def _before(original: Callable[..., Any], method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return method(original, *args, **kwargs)

    call.__name__ = original.__name__
    return call


def _run_the_next_one() -> None:
    """Import the `sitecustomize` that would have been found without this one."""
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != _HERE]
    this = sys.modules.pop("sitecustomize", None)
    try:
        __import__("sitecustomize")
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
        if this is not None:
            sys.modules["sitecustomize"] = this


if os.environ.get("TOKEN_MOCKSERVER_URL") and os.environ.get("TOKEN_MOCKSERVER_CA"):
    _redirect()
_run_the_next_one()
