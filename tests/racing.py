"""The same act in many threads at the same moment."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def at_once(act: Callable[[int], T], threads: int = 50) -> list[T]:
    """What `act` returned in each thread; it is given the thread's number."""
    gate = Barrier(threads)

    def acts(number: int) -> T:
        gate.wait()
        return act(number)

    with _turns_taken_often(), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(acts, range(threads)))


@contextmanager
def _turns_taken_often() -> Iterator[None]:
    """Otherwise an act would end before the next thread begins, and no race be seen."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
