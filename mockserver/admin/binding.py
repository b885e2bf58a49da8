"""From the name of a call to the function that answers it."""

from collections.abc import Callable
from importlib import import_module

from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.routes import Route
from mockserver.model.http import Response

_MODULES = {
    "accounts": "account_calls",
    "clock": "clock_calls",
    "mappings": "mapping_calls",
    "near": "near_miss_calls",
    "requests": "request_calls",
    "server": "server_calls",
    "tokens": "token_calls",
    "vendors": "vendor_calls",
}


def handler_of(route: Route) -> Callable[[AdminRequest], Response]:
    """The function that answers a call. Its module is loaded now: no start has to wait for it."""
    module, _, function = route.name.partition(".")
    loaded = import_module(f"mockserver.admin.{_MODULES[module]}")
    handler: Callable[[AdminRequest], Response] = getattr(loaded, function)
    return handler
