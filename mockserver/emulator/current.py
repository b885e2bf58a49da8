"""The state of one name, as it is in the stores now."""

from collections.abc import Iterator
from contextlib import contextmanager

from mockserver.emulator.state import Given, State
from mockserver.model.clock import machine_date
from mockserver.model.errors import StoreError
from mockserver.model.state_store import StateStore, StorageBackend


class Current:
    """The state under a name of `stores`, through its resets. A call that a reset overtakes ends
    with the state in which it began.
    """

    def __init__(self, stores: StorageBackend, name: str, given: Given) -> None:
        self.shared = stores.shared
        self._stores = stores
        self._name = name
        self._given = given
        self._state: State | None = None

    @property
    def state(self) -> State:
        """The state as it was when it was last looked for."""
        return self._state or self.refreshed()

    def refreshed(self) -> State:
        """The state as it is now: others may have moved its clock, or reset it."""
        store = self._stores.store(self._name, self._begin)
        state = self._state
        if state is None or state.store is not store:
            state = self._begin(store)
        return state

    def has(self, state: State) -> bool:
        """Whether this is the state as it is now, and not one that was reset or dropped."""
        return self._stores.has(self._name, state.store)

    @contextmanager
    def together(self) -> Iterator[State]:
        """What is done inside, to the state as it is now, is done at once or not at all."""
        with self._stores.together():
            yield self.refreshed()

    def reset(self) -> None:
        """Everything back to the start; the signing keys are new, so old tokens are refused.

        What was never to be shown is not shown now either.
        """
        with self._stores.together():
            before = self.refreshed()
            secrets = before.secrets()
            self._stores.renew(self._name, lambda store: self._begin(store).remember(*secrets))
        before.journal.hurry()

    def drop(self) -> None:
        """Forget the state; it begins anew when it is used again."""
        self._stores.drop(self._name)
        self.hurry()

    def hurry(self) -> None:
        """Answer now who waits for requests to come."""
        if self._state:
            self._state.journal.hurry()

    def http_date(self) -> str:
        """By the state's clock as far as it is known, else by the machine's."""
        try:
            return self.state.clock.http_date() if self._state else machine_date()
        except StoreError:
            return machine_date()

    def check(self) -> None:
        """Raise StoreError unless the store can keep something now."""
        self._stores.check()

    def close(self) -> None:
        """Let go of what the store has open; it is opened anew when it is needed."""
        self._stores.close()

    def _begin(self, store: StateStore) -> State:
        self._state = State(store, self._given, shared=self.shared)
        return self._state
