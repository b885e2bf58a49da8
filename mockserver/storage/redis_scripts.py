"""The keys of a store in Redis, and the scripts that write to them.

A script declares every key that it uses, and all keys of a namespace have one hash tag, so that a
cluster keeps them on one server:

* `token-mockserver:{ns/<namespace>}` is a hash; `state` is the key of the current state,
  `used` the moment of its last use.
* `<namespace>:state:<id>` and below it are the keys of a state; redis_writes.lua describes them.
* `<namespace>:call:<id>` has the results of a call for some seconds.
* `token-mockserver:{names}` has all namespaces but the default one, by last use.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

PREFIX = "token-mockserver"
NAMES = f"{PREFIX}:{{names}}"

GRACE = 60
"""Seconds that a state lives after its reset, for requests that have begun before."""

LIFE = 30 * 86_400
"""Seconds that an unused state lives."""

_MEMORY = 20  # seconds for which the results of a call are kept; a repeated one follows at once

Word = str | bytes | float


class Command(NamedTuple):
    """A command of Redis, and the text of the script that it calls by its hash."""

    words: tuple[Word, ...]
    script: str = ""

    def in_full(self) -> "Command":
        """Return a command that works on a server that does not know the script."""
        return Command(("EVAL", self.script, *self.words[2:])) if self.script else self


class Write(NamedTuple):
    """A command of redis_writes.lua, for one collection."""

    command: str
    state: str
    collection: str
    cached: bool
    arguments: tuple[Word, ...]


class _Script:
    def __init__(self, name: str) -> None:
        self._text = (Path(__file__).parent / f"redis_{name}.lua").read_text(encoding="utf-8")
        self._hash = sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, keys: Sequence[str], *arguments: Word) -> Command:
        return Command(("EVALSHA", self._hash, len(keys), *keys, *arguments), self._text)


_WRITES = _Script("writes")
_PUBLISH = _Script("publish")
_CURRENT = _Script("current")
_NAMES = _Script("names")


def namespace_key(name: str) -> str:
    """Return the key of a namespace; all of its keys begin with it."""
    return f"{PREFIX}:{{ns/{name}}}"


def new_state_key(name: str) -> str:
    """Return the key of a state that no other client uses."""
    return f"{namespace_key(name)}:state:{uuid4().hex}"


def records_key(state: str, collection: str) -> str:
    """Return the key of the records of a collection."""
    return f"{state}:{collection}"


def state_keys(state: str, fields: Iterable[bytes]) -> list[str]:
    """Return all keys of a state, whose hash has these fields."""
    names = [field[2:].decode() for field in fields if field.startswith(b"v:")]
    return [state, *(key for name in names for key in _collection_keys(state, name))]


def tag_of(key: str) -> str:
    """Return the key of the namespace to which a key belongs."""
    return key[: key.index("}") + 1]


class KnownState(NamedTuple):
    """The key of the state that a namespace had when it was last looked up, and its version."""

    state: str = ""
    version: bytes = b""


ANY_STATE = KnownState()


def writes(batch: Sequence[Write], known: KnownState = ANY_STATE) -> Command:
    """Return the command that executes writes to collections of one namespace.

    Nothing is written if the namespace has another state than the one that is `known`.
    """
    places: dict[tuple[str, str], tuple[int, Write]] = {}
    words: list[Word] = []
    for write in batch:
        number, _ = places.setdefault((write.state, write.collection), (len(places), write))
        words += (write.command, number, *write.arguments)
    keys = [key for state, name in places for key in (state, *_collection_keys(state, name))]
    targets = [word for (_, name), (_, one) in places.items() for word in (name, int(one.cached))]
    tag = tag_of(batch[0].state)  # the key of the namespace, too
    return _once(_WRITES, tag, [tag, *keys], (*known, *targets, *words))


def publish(name: str, new: str, expected: str, expected_keys: Sequence[str]) -> Command:
    """Return the command that replaces the state `expected` of a namespace by the state `new`."""
    keys = [namespace_key(name), new or namespace_key(name), *expected_keys]
    return _once(_PUBLISH, namespace_key(name), keys, (expected, new))


def current(name: str, state: str) -> Command:
    """Return the command that finds the current state, most likely `state`."""
    return _CURRENT([namespace_key(name), state or namespace_key(name)], LIFE)


def note_use(name: str = "") -> Command:
    """Return the command that notes the use of a namespace, if one is given, and counts all."""
    return _NAMES([NAMES], LIFE, name)


def _collection_keys(state: str, name: str) -> tuple[str, str, str]:
    base = records_key(state, name)
    return base, f"{base}|free", f"{base}|due"


def _once(script: _Script, tag: str, keys: Sequence[str], arguments: Iterable[Word]) -> Command:
    # A repeated command has the same id, and the script answers it with the results of the first.
    call = uuid4().hex
    return script([f"{tag}:call:{call}", *keys], *_limits(call), *arguments)


def _limits(call: str) -> Iterator[Word]:
    yield from (call, LIFE, GRACE, _MEMORY)
