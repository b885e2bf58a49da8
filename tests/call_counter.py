"""What something costs, as a number that no load of the machine disturbs."""

import gc
import sys
from collections.abc import Callable


def count_calls(act: Callable[[], object]) -> int:
    """How many functions `act` calls, Python's own and ours."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    gc.collect()
    gc.disable()  # it calls back those who watch what somebody else has left behind
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls
