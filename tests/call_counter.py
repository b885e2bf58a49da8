"""The cost of a call as a number that does not depend on the load of the machine."""

import gc
import sys
from collections.abc import Callable


def count_calls(act: Callable[[], object]) -> int:
    """Return how many functions `act` calls, Python's own included."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    gc.collect()
    gc.disable()  # a collection would call finalizers of other objects
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls
