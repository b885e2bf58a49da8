"""All stubs of one state, and the choice of the one that fires for a request."""

from operator import itemgetter
from random import Random
from typing import TYPE_CHECKING

from mockserver.model.http import RoutedRequest
from mockserver.model.state_store import Collection
from mockserver.wiremock.scenarios import Obstacle, ScenarioState, ScenarioStates
from mockserver.wiremock.stub_mapping import STARTED, Stub

if TYPE_CHECKING:
    from mockserver.wiremock.request_values import RequestValues

_Index = dict[tuple[str, str] | None, list[tuple[int, Stub]]]
"""Stubs, each with its rank, by the one address that they match (None: more than one)."""


class StubRegistry:
    """The stubs, by id, with their scenario states.

    If several stubs match a request, the one with the lowest `priority` number fires, and of
    equals the newest, as in WireMock.

    Args:
        stubs: The collection that stores the stubs.
        scenarios: The collection that stores scenario states and use counts.
        seed: Seed of the random numbers of `probability` and of delays; None for an unpredictable
            one.
    """

    def __init__(
        self,
        stubs: Collection[Stub],
        scenarios: Collection[ScenarioState],
        seed: int | None = None,
    ) -> None:
        self._stubs = stubs
        self._scenarios = ScenarioStates(scenarios)
        self._seed = seed
        self.random = Random(seed)
        self._indexed: tuple[object, _Index] = (None, {})

    def reset(self) -> None:
        """Remove all stubs and scenarios, and start the random numbers again from the seed."""
        self._stubs.clear()
        self._scenarios.clear()
        self.random = Random(self._seed)

    def put(self, stub: Stub) -> None:
        """Add `stub`, or replace the one with its id; its use count starts at zero."""
        before = self._stubs.get(stub.id)
        for each in (stub, before):
            if each is not None:
                self._scenarios.forget(each)
        self._stubs.put(stub.id, stub)

    def remove(self, stub_id: str) -> Stub | None:
        """Remove and return a stub; None if there is none with this id.

        The scenario's state is removed with the scenario's last stub.
        """
        stub = self._stubs.take(stub_id)
        if stub is not None:
            self._scenarios.forget(stub)
            scenario = stub.step.scenario
            if scenario is not None and scenario not in self.scenarios():
                self._scenarios.end(scenario)
        return stub

    def get(self, stub_id: str) -> Stub | None:
        """Return the stub with this id, or None."""
        return self._stubs.get(stub_id)

    def all(self) -> list[Stub]:
        """Return every stub, newest first."""
        return [stub for _, stub in reversed(self._stubs.items())]

    def choose(self, routed: RoutedRequest) -> Stub | None:
        """Return the stub that fires for this request, and count the use; None if no stub fires."""
        if not self._index():
            return None
        # Imported for the first stub, as in `parse_stub`.
        from mockserver.wiremock.request_values import RequestValues  # noqa: PLC0415

        request = RequestValues(routed)
        for stub in self._candidates(request):
            if stub.pattern.matches_values(request) and self._scenarios.use(stub, self.random):
                return stub
        return None

    def obstacles(self, stub: Stub) -> list[Obstacle]:
        """Return the reasons why `stub` would not fire now for a request that it matches."""
        return self._scenarios.obstacles(stub)

    def scenarios(self) -> dict[str, tuple[str, list[str]]]:
        """Return, by name of the scenario, its state and all states that its stubs name."""
        found: dict[str, list[str]] = {}
        for stub in reversed(self.all()):
            if stub.step.scenario is not None:
                states = found.setdefault(stub.step.scenario, [STARTED])
                named = [stub.step.required, stub.step.following]
                states += [state for state in named if state and state not in states]
        return {name: (self._scenarios.state(name), states) for name, states in found.items()}

    def set_scenario(self, name: str, state: str) -> None:
        """Put a scenario into a state."""
        self._scenarios.set_state(name, state)

    def reset_scenarios(self) -> None:
        """Put every scenario into its first state."""
        for name in self.scenarios():
            self._scenarios.set_state(name, STARTED)

    def _candidates(self, request: "RequestValues") -> list[Stub]:
        """Return, by rank, the stubs that match an address of this request or many addresses."""
        from mockserver.wiremock.request_pattern import addresses  # noqa: PLC0415

        index = self._index()
        found = [each for at in (None, *addresses(request)) for each in index.get(at, ())]
        return [stub for _, stub in sorted(found, key=itemgetter(0))]

    def _index(self) -> _Index:
        version, index = self._indexed
        if version != self._stubs.version:
            version, index = self._stubs.version, {}
            for rank, stub in enumerate(sorted(self.all(), key=lambda stub: stub.priority)):
                index.setdefault(stub.pattern.address, []).append((rank, stub))
            self._indexed = (version, index)
        return index
