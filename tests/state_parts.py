"""Parts of a state, each on its own collection in memory."""

from typing import TypeVar

from mockserver.emulator.journal import Journal
from mockserver.emulator.journal_entry import ENTRY
from mockserver.model.clock import SHIFT, Clock
from mockserver.model.state_store import Codec, Collection
from mockserver.model.token_registry import ISSUED, TokenRegistry
from mockserver.storage.memory import MemoryCollection
from mockserver.wiremock.stub_mapping import STUB
from mockserver.wiremock.stub_registry import SCENARIO_STATE, StubRegistry

T = TypeVar("T")


def new_collection(kind: Codec[T]) -> Collection[T]:
    """Return an empty collection in memory."""
    return MemoryCollection(kind)


def new_clock() -> Clock:
    """Return a clock that runs with the machine's."""
    return Clock(new_collection(SHIFT))


def new_registry() -> TokenRegistry:
    """Return a token registry without entries."""
    return TokenRegistry(new_collection(ISSUED))


def new_journal(*, shared: bool = False) -> Journal:
    """Return an empty journal; `shared` is True if other processes may also add requests."""
    return Journal(new_collection(ENTRY), shared=shared)


def new_stubs() -> StubRegistry:
    """Return a registry without stubs."""
    return StubRegistry(new_collection(STUB), new_collection(SCENARIO_STATE))
