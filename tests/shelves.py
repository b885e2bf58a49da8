"""Parts of a state, each on a shelf of its own in the memory."""

from typing import TypeVar

from mockserver.core.clock import SHIFT, Clock
from mockserver.core.ledger import ISSUED, Ledger
from mockserver.core.store import Kind, Shelf
from mockserver.engine.entries import ENTRY
from mockserver.engine.journal import Journal
from mockserver.engine.stubs.book import STUB, StubBook
from mockserver.engine.stubs.plays import PLAY
from mockserver.stores.memory import MemoryShelf

T = TypeVar("T")


def new_shelf(kind: Kind[T]) -> Shelf[T]:
    """An empty one."""
    return MemoryShelf(kind)


def new_clock() -> Clock:
    """A clock that runs with the machine's."""
    return Clock(new_shelf(SHIFT))


def new_ledger() -> Ledger:
    """A ledger in which nothing was noted."""
    return Ledger(new_shelf(ISSUED))


def new_journal(*, shared: bool = False) -> Journal:
    """An empty one; `shared`: others might note requests too."""
    return Journal(new_shelf(ENTRY), shared=shared)


def new_book() -> StubBook:
    """A book without stubs."""
    return StubBook(new_shelf(STUB), new_shelf(PLAY))
