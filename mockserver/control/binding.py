"""From the name of a call to the function that answers it."""

from collections.abc import Callable
from importlib import import_module

from mockserver.control.call import ControlCall
from mockserver.control.routes import Route
from mockserver.core.http import Response


def handler_of(route: Route) -> Callable[[ControlCall], Response]:
    """The function that answers a call. Its module is loaded now: no start has to wait for it."""
    module, _, function = route.name.partition(".")
    loaded = import_module(f"mockserver.control.{module}")
    handler: Callable[[ControlCall], Response] = getattr(loaded, function)
    return handler
