"""All stubs of one state, their turns and their scenarios."""

from operator import itemgetter
from random import Random
from typing import Any

from mockserver.model.http import RoutedRequest
from mockserver.model.state_store import Codec, Collection
from mockserver.wiremock.request_pattern import Address, addresses
from mockserver.wiremock.scenarios import Hindrance, Play, Plays
from mockserver.wiremock.stub_mapping import OURS, STARTED, Stub, parse_stub

_Arranged = dict[Address | None, list[tuple[int, Stub]]]
"""Stubs with their places in the order, by the address that they wait for."""


class StubRegistry:
    """Stubs by id; the dice that `probability` and delays are rolled with are seeded.

    Of several stubs that match, the one with the lowest `priority` number acts, and of equals
    the newest, as in WireMock.
    """

    def __init__(
        self, shelf: Collection[Stub], plays: Collection[Play], seed: int | None = None
    ) -> None:
        self._shelf = shelf
        self._plays = Plays(plays)
        self._seed = seed
        self.dice = Random(seed)
        self._arranged: tuple[object, _Arranged] = (None, {})

    def reset(self) -> None:
        """No stubs, no scenarios, the dice as at the start."""
        self._shelf.clear()
        self._plays.clear()
        self.dice = Random(self._seed)

    def put(self, stub: Stub) -> None:
        """Add `stub`, or put it in the place of the one with its id; its turns begin anew."""
        before = self._shelf.get(stub.id)
        for each in (stub, before):
            if each is not None:
                self._plays.forget(each)
        self._shelf.put(stub.id, stub)

    def remove(self, stub_id: str) -> Stub | None:
        """Remove and return a stub; None if there is none with this id.

        The last one of a scenario takes the scenario's state with it.
        """
        stub = self._shelf.take(stub_id)
        if stub is not None:
            self._plays.forget(stub)
            scenario = stub.scene.scenario
            if scenario is not None and scenario not in self.scenarios():
                self._plays.end(scenario)
        return stub

    def get(self, stub_id: str) -> Stub | None:
        """The stub with this id, or None."""
        return self._shelf.get(stub_id)

    def all(self) -> list[Stub]:
        """Every stub, the newest first."""
        return [stub for _, stub in reversed(self._shelf.items())]

    def choose(self, routed: RoutedRequest) -> Stub | None:
        """The stub that acts on this request, its turn taken; None if none does."""
        for stub in self._possible(routed):
            if stub.pattern.matches(routed) and self._plays.take_turn(stub, self.dice):
                return stub
        return None

    def hindrances(self, stub: Stub) -> list[Hindrance]:
        """Why `stub` would not act now on a request that it matches; none if it would."""
        return self._plays.hindrances(stub)

    def scenarios(self) -> dict[str, tuple[str, list[str]]]:
        """Of each scenario its state and the states that its stubs name."""
        found: dict[str, list[str]] = {}
        for stub in reversed(self.all()):
            if stub.scene.scenario is not None:
                states = found.setdefault(stub.scene.scenario, [STARTED])
                named = [stub.scene.required, stub.scene.following]
                states += [state for state in named if state and state not in states]
        return {name: (self._plays.state(name), states) for name, states in found.items()}

    def set_scenario(self, name: str, state: str) -> None:
        """Put a scenario into a state."""
        self._plays.set_state(name, state)

    def reset_scenarios(self) -> None:
        """Every scenario as it began."""
        for name in self.scenarios():
            self._plays.set_state(name, STARTED)

    def _possible(self, routed: RoutedRequest) -> list[Stub]:
        """The stubs that wait for an address of this request, or for many, in their order."""
        arranged = self._by_address()
        if not arranged:
            return []
        found = [each for at in (None, *addresses(routed)) for each in arranged.get(at, ())]
        return [stub for _, stub in sorted(found, key=itemgetter(0))]

    def _by_address(self) -> _Arranged:
        version, arranged = self._arranged
        if version != self._shelf.version:
            version, arranged = self._shelf.version, {}
            for place in enumerate(sorted(self.all(), key=lambda stub: stub.priority)):
                arranged.setdefault(place[1].pattern.address, []).append(place)
            self._arranged = (version, arranged)
        return arranged


def listed(stub: Stub) -> dict[str, Any]:
    """The mapping of a stub, what is ours under our key of its metadata."""
    mapping: dict[str, Any] = {"id": stub.id, "uuid": stub.id, **stub.source}
    if stub.ours:
        metadata = stub.source.get("metadata") or {}
        mapping["metadata"] = {**metadata, OURS: dict(stub.ours)}
    return mapping


STUB = Codec(encode=listed, decode=parse_stub)
