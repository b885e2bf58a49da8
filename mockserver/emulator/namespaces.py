"""The states of one server: one for everybody, and others by name, for those who share it."""

import re
import threading
from collections.abc import Callable

from mockserver.emulator.engine import Engine
from mockserver.model.errors import MockServerError, StoreError

_AT_HAND = 1000  # of a store that others share
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,100}")  # clients take /../ away themselves


class Namespaces:
    """Engines by name, each made on first use by `begin`; "" is everybody's."""

    def __init__(self, begin: Callable[[str], Engine]) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._engines = {"": begin("")}

    def get(self, name: str) -> Engine:
        """The engine of a namespace. Raises MockServerError for a bad name, or one too many."""
        engine = self._engines.get(name)
        return self._made(name) if engine is None else engine

    def all(self) -> list[Engine]:
        """The engines that are in use."""
        return list(self._engines.values())

    def drop(self, name: str) -> None:
        """Forget a namespace with all that is in it; it begins anew when it is used again."""
        with self._lock:
            engine = self._engines.pop(name, None) or self._begin(name)
            engine.current.drop()

    def _made(self, name: str) -> Engine:
        if not _NAME.fullmatch(name):
            raise MockServerError("a namespace is 1 to 100 letters, digits and . _ ~ -")
        engine = self._begin(name)  # by each of those who are first at once; one of them is kept
        try:
            engine.current.refreshed()
        except StoreError:
            return engine  # it has its own words for that
        with self._lock:
            engine = self._engines.setdefault(name, engine)
            if engine.current.shared and len(self._engines) > _AT_HAND + 1:  # beside ""
                del self._engines[next(filter(None, self._engines))]
        return engine
