"""Gates: responses that are held until enough callers wait, or until a time limit has passed.

A gate shows without an assumption about time that requests overlap: each of them arrived before
the response to any of the others was sent. It opens once and stays open.
"""

from collections.abc import Callable

from mockserver.model.clock import real_seconds
from mockserver.model.errors import StoreError
from mockserver.model.state_store import Collection, Record
from mockserver.wiremock.response_definition import Gate


class Gates:
    """The gates of one state, by the id of their stub; all processes on a store share them."""

    def __init__(self, collection: Collection[Record]) -> None:
        self._collection = collection

    def arrive(self, stub_id: str, gate: Gate) -> bool:
        """Count a caller; return True if its response is held, or False if the gate is open.

        The last caller opens the gate: its response is held as well, for no time.
        """
        held = False

        def change(before: Record | None) -> Record | None:
            nonlocal held
            held = before is None or not before["open"]
            if not held:
                return None
            waiting = 1 + (0 if before is None else before["waiting"])
            return {"waiting": waiting, "open": waiting >= gate.callers}

        self._collection.update(stub_id, change)
        return held

    def opened(
        self, stub_id: str, seconds: float, exists: Callable[[], bool]
    ) -> Callable[[], bool]:
        """Return a function that returns True once a held response may be sent.

        It may be sent if the gate is open or its stub was removed. After `seconds` the function
        opens the gate, for all responses that it holds.
        """
        until = real_seconds() + seconds

        def may_go() -> bool:
            try:
                record = self._collection.get(stub_id)
                if record is None or record["open"] or not exists():
                    return True
                if real_seconds() < until:
                    return False
                self._collection.put(stub_id, {**record, "open": True})
                return True
            except StoreError:
                return True  # do not wait for a store that fails

        return may_go
