"""All stubs of one state, their use counts and scenarios, and the choice of the stub that fires.

The stubs of a scenario share one `ScenarioState`, so that one atomic update both moves the
scenario and counts the use. A stub outside a scenario has a `ScenarioState` of its own.
"""

from collections.abc import Mapping
from operator import itemgetter
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mockserver.model.http import RoutedRequest
from mockserver.model.state_store import Codec, Collection
from mockserver.wiremock.stub_mapping import STARTED, Stub, StubLimits

if TYPE_CHECKING:
    from mockserver.wiremock.request_values import RequestValues

_Index = dict[tuple[str, str] | None, list[tuple[int, Stub]]]
"""Stubs with their ranks, by the one address that they match; None: they match more than one."""


class ScenarioState(NamedTuple):
    """The state of a scenario, and the use counts of its stubs.

    Attributes:
        state: The name of the state.
        uses: By id of a stub, how many requests it matched, and for how many it fired.
    """

    state: str = STARTED
    uses: Mapping[str, tuple[int, int]] = MappingProxyType({})


class Obstacle(NamedTuple):
    """A reason why a stub does not fire for a matching request: expected and actual value."""

    label: str
    expected: str
    actual: str


SCENARIO_STATE = Codec(
    encode=lambda scenario: [scenario.state, dict(scenario.uses)],
    decode=lambda value: ScenarioState(
        value[0], {stub_id: (matched, used) for stub_id, (matched, used) in value[1].items()}
    ),
)


class ScenarioStates:
    """The scenario states and use counts of all stubs of one state."""

    def __init__(self, collection: Collection[ScenarioState]) -> None:
        self._collection = collection

    def use(self, stub: Stub, random: Random) -> bool:
        """Count a request that `stub` matches; return True if the stub fires."""
        if not stub.is_stateful:
            return _by_chance(stub.limits, random)
        fires = False

        def change(before: ScenarioState | None) -> ScenarioState | None:
            nonlocal fires
            after, fires = _used(stub, before or ScenarioState(), random)
            return after

        self._collection.update(_key(stub), change)
        return fires

    def obstacles(self, stub: Stub) -> list[Obstacle]:
        """Return the reasons why `stub` would not fire now; none if it would."""
        if not stub.is_stateful:
            return []
        scenario = self._collection.get(_key(stub)) or ScenarioState()
        matched, used = scenario.uses.get(stub.id, (0, 0))
        limits, required = stub.limits, stub.step.required
        found = []
        if required is not None and scenario.state != required:
            found.append(Obstacle("scenario state", required, scenario.state))
        if matched < limits.skip:
            found.append(Obstacle("skip", str(limits.skip), f"{matched} skipped"))
        if limits.times is not None and used >= limits.times:
            found.append(Obstacle("times", str(limits.times), f"{used} used"))
        return found

    def state(self, scenario: str) -> str:
        """Return the state of a scenario."""
        return (self._collection.get(f"scenario {scenario}") or ScenarioState()).state

    def set_state(self, scenario: str, state: str) -> None:
        """Put a scenario into a state."""
        self._collection.update(
            f"scenario {scenario}", lambda before: (before or ScenarioState())._replace(state=state)
        )

    def forget(self, stub: Stub) -> None:
        """Set the use count of `stub` back to zero."""
        if stub.step.scenario is None:
            self._collection.take(stub.id)
        else:
            self._collection.update(_key(stub), lambda before: before and _without(before, stub.id))

    def end(self, scenario: str) -> None:
        """Remove a scenario with its state."""
        self._collection.take(f"scenario {scenario}")

    def clear(self) -> None:
        """Remove every scenario and use count."""
        self._collection.clear()


class StubRegistry:
    """The stubs, by id, with their scenario states.

    If several stubs match a request, the one with the lowest `priority` number fires, and of
    equals the newest, as in WireMock.

    Args:
        stubs: The collection that stores the stubs.
        scenarios: The collection that stores scenario states and use counts.
        seed: The seed of the random numbers for probabilities and delays; None for a random seed.
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
        return [stub for _, stub in self._stubs.items()[::-1]]

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
        for stub in self.all()[::-1]:
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


def _key(stub: Stub) -> str:
    return stub.id if stub.step.scenario is None else f"scenario {stub.step.scenario}"


def _without(scenario: ScenarioState, stub_id: str) -> ScenarioState:
    uses = {key: counts for key, counts in scenario.uses.items() if key != stub_id}
    return scenario._replace(uses=uses)


def _used(stub: Stub, before: ScenarioState, random: Random) -> tuple[ScenarioState | None, bool]:
    """Return the state after a request that `stub` matches, and True if the stub fires.

    The state is None if it does not change.
    """
    step, limits = stub.step, stub.limits
    if step.required is not None and before.state != step.required:
        return None, False
    matched, used = before.uses.get(stub.id, (0, 0))
    is_open = matched >= limits.skip and (limits.times is None or used < limits.times)
    fires = is_open and _by_chance(limits, random)
    uses = {**before.uses, stub.id: (matched + 1, used + fires)}
    return ScenarioState((step.following if fires else None) or before.state, uses), fires


def _by_chance(limits: StubLimits, random: Random) -> bool:
    # No number is drawn where the outcome is certain: the sequence of a seed stays the same.
    return limits.probability >= 1 or random.random() < limits.probability
