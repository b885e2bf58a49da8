"""The states of a connection, and the events that move it from one to another.

::

    OPENING --made--> READING --pending--> ANSWERING
                         ^ <---answered-------'
                         |
                         +--drain--> DRAINING --close--> CLOSING --lost--> CLOSED
                         '--close---------------------->    ^

    `lost` leads to CLOSED from every state.

Whatever decides what a connection does next is in `ConnectionState`, and nowhere else: the state,
and the conditions under which a connection in READING takes no further request.
"""

from collections.abc import Mapping
from enum import Enum, auto

from mockserver.server.request_reader import Progress


class Stage(Enum):
    """The state of a connection."""

    OPENING = auto()  # before `connection_made`; bytes that come this early are kept
    READING = auto()  # requests are taken from the received bytes
    ANSWERING = auto()  # the answer is in a thread or delayed; further requests wait
    DRAINING = auto()  # the last answer is written; further input is read and dropped
    CLOSING = auto()  # the transport closes once the client has received what is written
    CLOSED = auto()


class Event(Enum):
    """An event that changes the state."""

    MADE = auto()
    PENDING = auto()
    ANSWERED = auto()
    DRAIN = auto()
    CLOSE = auto()
    LOST = auto()


KEEPS_INPUT = frozenset({Stage.OPENING, Stage.READING, Stage.ANSWERING})
"""The states in which received bytes are kept."""

_TRANSITIONS: Mapping[Stage, Mapping[Event, Stage]] = {
    Stage.OPENING: {Event.MADE: Stage.READING, Event.LOST: Stage.CLOSED},
    Stage.READING: {
        Event.PENDING: Stage.ANSWERING,
        Event.DRAIN: Stage.DRAINING,
        Event.CLOSE: Stage.CLOSING,
        Event.LOST: Stage.CLOSED,
    },
    Stage.ANSWERING: {Event.ANSWERED: Stage.READING, Event.LOST: Stage.CLOSED},
    Stage.DRAINING: {Event.CLOSE: Stage.CLOSING, Event.LOST: Stage.CLOSED},
    Stage.CLOSING: {Event.LOST: Stage.CLOSED},
    Stage.CLOSED: {Event.MADE: Stage.CLOSED},  # lost before it was made
}


class ConnectionState:
    """The state of one connection and the flags that affect it."""

    __slots__ = (
        "at_start",
        "current",
        "eof_received",
        "over_limit",
        "read_paused",
        "timed",
        "write_paused",
        "yielding",
    )

    def __init__(self) -> None:
        self.current = Stage.OPENING
        self.at_start = True  # the next byte decides if the client speaks TLS
        self.over_limit = False  # to be refused, once its first byte has shown if inside TLS
        # The part of a request whose time limit is running: first the limit of the first byte.
        self.timed: Progress | None = Progress.NOTHING
        self.write_paused = False  # the client does not receive its answers
        self.read_paused = False  # the transport reads no further ahead
        self.yielding = False  # other connections have their turn
        self.eof_received = False  # the client sends no more

    def move(self, event: Event) -> None:
        """Change the state. Raises KeyError for an event that cannot happen in it."""
        self.current = _TRANSITIONS[self.current][event]

    @property
    def takes_requests(self) -> bool:
        """True while the next request can be answered."""
        return self.current is Stage.READING and not (self.write_paused or self.yielding)

    @property
    def blocked(self) -> bool:
        """True while received requests have to wait for something that ends by itself."""
        if self.current is Stage.READING:
            return self.write_paused or self.yielding
        return self.current is Stage.ANSWERING
