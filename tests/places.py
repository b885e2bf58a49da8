"""Where stores keep things: a place of its own for each test that asks for one."""

from collections.abc import Callable

from mockserver.core.store import Stores
from mockserver.stores.memory import MemoryStores

PLACES: dict[str, Callable[[], Stores]] = {"memory": MemoryStores}
"""By name of the store: what makes an empty place and opens it."""
