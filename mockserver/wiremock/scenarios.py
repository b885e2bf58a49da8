"""How far stubs have come: their turns, and the states of their scenarios.

The stubs of a scenario share one `Play`; a stub that is in none has a play of its own.
"""

from collections.abc import Mapping
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from mockserver.model.state_store import Codec, Collection
from mockserver.wiremock.stub_mapping import STARTED, Stub, Turn


class Play(NamedTuple):
    """The state of a scenario; of each stub, by id, how many requests it met, and how many took."""

    state: str = STARTED
    turns: Mapping[str, tuple[int, int]] = MappingProxyType({})


class Hindrance(NamedTuple):
    """Why a stub does not act: what is asked, and what there is."""

    label: str
    expected: str
    actual: str


PLAY = Codec(
    encode=lambda play: [play.state, dict(play.turns)],
    decode=lambda play: Play(play[0], {stub: (met, took) for stub, (met, took) in play[1].items()}),
)


class Plays:
    """The plays of all stubs of one state."""

    def __init__(self, shelf: Collection[Play]) -> None:
        self._shelf = shelf

    def take_turn(self, stub: Stub, dice: Random) -> bool:
        """Whether it is the turn of `stub`, which a request meets; the turn is taken then."""
        if not stub.counts:
            return _falls(stub.turn, dice)
        taken = False

        def play(before: Play | None) -> Play | None:
            nonlocal taken
            after, taken = _played(stub, before or Play(), dice)
            return after

        self._shelf.update(_key(stub), play)
        return taken

    def hindrances(self, stub: Stub) -> list[Hindrance]:
        """Why it is not the turn of `stub`."""
        if not stub.counts:
            return []
        play = self._shelf.get(_key(stub)) or Play()
        (met, took), turn, required = (
            play.turns.get(stub.id, (0, 0)),
            stub.turn,
            stub.scene.required,
        )
        found = []
        if required is not None and play.state != required:
            found.append(Hindrance("scenario state", required, play.state))
        if met < turn.skip:
            found.append(Hindrance("skip", str(turn.skip), f"{met} skipped"))
        if turn.times is not None and took >= turn.times:
            found.append(Hindrance("times", str(turn.times), f"{took} used"))
        return found

    def state(self, scenario: str) -> str:
        """The state of a scenario."""
        return (self._shelf.get(f"scenario {scenario}") or Play()).state

    def set_state(self, scenario: str, state: str) -> None:
        """Put a scenario into a state."""
        self._shelf.update(
            f"scenario {scenario}", lambda play: (play or Play())._replace(state=state)
        )

    def forget(self, stub: Stub) -> None:
        """Let the turns of `stub` begin anew."""
        if stub.scene.scenario is None:
            self._shelf.take(stub.id)
        else:
            self._shelf.update(_key(stub), lambda play: play and _without(play, stub.id))

    def end(self, scenario: str) -> None:
        """Forget a scenario."""
        self._shelf.take(f"scenario {scenario}")

    def clear(self) -> None:
        """Forget all."""
        self._shelf.clear()


def _key(stub: Stub) -> str:
    return stub.id if stub.scene.scenario is None else f"scenario {stub.scene.scenario}"


def _without(play: Play, stub_id: str) -> Play:
    return play._replace(turns={key: turn for key, turn in play.turns.items() if key != stub_id})


def _played(stub: Stub, play: Play, dice: Random) -> tuple[Play | None, bool]:
    """What comes of a play when a request meets `stub`, None for no change; whether it acts."""
    scene, turn = stub.scene, stub.turn
    if scene.required is not None and play.state != scene.required:
        return None, False
    met, took = play.turns.get(stub.id, (0, 0))
    acts = met >= turn.skip and (turn.times is None or took < turn.times) and _falls(turn, dice)
    turns = {**play.turns, stub.id: (met + 1, took + acts)}
    return Play((scene.following if acts else None) or play.state, turns), acts


def _falls(turn: Turn, dice: Random) -> bool:
    return turn.probability >= 1 or dice.random() < turn.probability
