"""Redirect this interpreter's connections to the vendors' hosts to a token-mockserver.

Python imports a module of this name at its start; `token-mockserver run` and `env` put this folder
first on PYTHONPATH. It needs nothing but the standard library, and changes nothing if the
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

    def replace(hooks: Any) -> None:
        for owner, name, method in hooks:
            setattr(owner, name, _before(getattr(owner, name), method))

    replace(module.hooks(redirect))
    changes = {
        "uvloop": lambda uvloop: replace(module.uvloop_hooks(redirect, uvloop)),
        "pycurl": _trust_in_pycurl,
    }
    sys.meta_path.insert(0, _AfterImport(changes))


class _AfterImport:
    """A finder that changes certain modules right after they are imported.

    Args:
        changes: By a module's name, the function that changes it.
    """

    def __init__(self, changes: dict[str, Callable[[Any], None]]) -> None:
        self._changes = changes

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return the spec that the other finders have, with a loader that changes the module."""
        change = self._changes.pop(name, None)
        spec = None if change is None else importlib.util.find_spec(name)
        if change is None or spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            change(module)

        setattr(spec.loader, "exec_module", exec_module)  # noqa: B010 - of this loader alone
        return spec


def _trust_in_pycurl(pycurl: Any) -> None:
    """Make handles of pycurl trust the server, because its libcurl reads no variable for that."""
    roots = os.environ.get("CURL_CA_BUNDLE", "")

    class Curl(pycurl.Curl):  # type: ignore[misc]
        __doc__ = pycurl.Curl.__doc__

        def __init__(self) -> None:
            super().__init__()
            self.setopt(pycurl.CAINFO, roots)

        def reset(self) -> None:
            super().reset()
            self.setopt(pycurl.CAINFO, roots)

    if roots:
        pycurl.Curl = Curl


def _before(original: Callable[..., Any], method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return method(original, *args, **kwargs)

    call.__name__ = original.__name__
    return call


def _import_next_sitecustomize() -> None:
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
_import_next_sitecustomize()
