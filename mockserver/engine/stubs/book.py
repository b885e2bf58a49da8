"""All stubs of one state, their turns and their scenarios."""

import threading
from random import Random
from typing import Any

from mockserver.engine.matching.pattern import Arrival
from mockserver.engine.stubs.mapping import OURS, STARTED, Stub


class StubBook:
    """Stubs by id; the dice that `probability` and delays are rolled with are seeded.

    Of several stubs that match, the one with the lowest `priority` number acts, and of equals
    the newest, as in WireMock.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._lock = threading.Lock()
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """No stubs, no scenarios, the dice as at the start."""
        with self._lock:
            self._stubs: dict[str, Stub] = {}
            self._order: list[Stub] = []
            self._met: dict[str, int] = {}
            self._acted: dict[str, int] = {}
            self._states: dict[str, str] = {}
            self.dice = Random(self._seed)

    def put(self, stub: Stub) -> None:
        """Add `stub`, or put it in the place of the one with its id; its turns begin anew."""
        with self._lock:
            self._stubs[stub.id] = stub
            self._met[stub.id] = self._acted[stub.id] = 0
            self._arrange()

    def remove(self, stub_id: str) -> Stub | None:
        """Remove and return a stub; None if there is none with this id.

        The last one of a scenario takes the scenario's state with it.
        """
        with self._lock:
            stub = self._stubs.pop(stub_id, None)
            for turns in (self._met, self._acted):
                turns.pop(stub_id, None)
            played = {other.scene.scenario for other in self._stubs.values()}
            self._states = {name: state for name, state in self._states.items() if name in played}
            self._arrange()
            return stub

    def get(self, stub_id: str) -> Stub | None:
        """The stub with this id, or None."""
        return self._stubs.get(stub_id)

    def all(self) -> list[Stub]:
        """Every stub, the newest first."""
        return list(reversed(self._stubs.values()))

    def choose(self, arrival: Arrival) -> Stub | None:
        """The stub that acts on this request, its turn taken; None if none does."""
        if not self._order:
            return None
        with self._lock:
            for stub in self._order:
                if self._in_scene(stub) and stub.pattern.matches(arrival) and self._turn(stub):
                    return stub
        return None

    def scenarios(self) -> dict[str, tuple[str, list[str]]]:
        """Of each scenario its state and the states that its stubs name."""
        found: dict[str, list[str]] = {}
        for stub in reversed(self.all()):
            if stub.scene.scenario is not None:
                states = found.setdefault(stub.scene.scenario, [STARTED])
                named = [stub.scene.required, stub.scene.following]
                states += [state for state in named if state and state not in states]
        return {name: (self._states.get(name, STARTED), states) for name, states in found.items()}

    def set_scenario(self, name: str, state: str) -> None:
        """Put a scenario into a state."""
        self._states[name] = state

    def reset_scenarios(self) -> None:
        """Every scenario as it began."""
        self._states.clear()

    def _arrange(self) -> None:
        newest_first = list(reversed(self._stubs.values()))
        self._order = sorted(newest_first, key=lambda stub: stub.priority)

    def _in_scene(self, stub: Stub) -> bool:
        required = stub.scene.required
        return required is None or self._states.get(stub.scene.scenario or "", STARTED) == required

    def _turn(self, stub: Stub) -> bool:
        turn = stub.turn
        self._met[stub.id] += 1
        if self._met[stub.id] <= turn.skip:
            return False
        if turn.times is not None and self._acted[stub.id] >= turn.times:
            return False
        if turn.probability < 1 and self.dice.random() >= turn.probability:
            return False
        self._acted[stub.id] += 1
        if stub.scene.scenario is not None and stub.scene.following is not None:
            self._states[stub.scene.scenario] = stub.scene.following
        return True


def listed(stub: Stub) -> dict[str, Any]:
    """The mapping of a stub, what is ours under our key of its metadata."""
    mapping: dict[str, Any] = {"id": stub.id, "uuid": stub.id, **stub.source}
    if stub.ours:
        metadata = stub.source.get("metadata") or {}
        mapping["metadata"] = {**metadata, OURS: dict(stub.ours)}
    return mapping
