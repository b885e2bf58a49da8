"""The state of stubs between requests: their use counts, and the states of scenarios.

The stubs of a scenario share one `ScenarioState`, so that one atomic update both moves the
scenario and counts the use. A stub outside a scenario has a `ScenarioState` of its own.
"""

from collections.abc import Mapping
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from mockserver.model.state_store import Codec, Collection
from mockserver.wiremock.stub_mapping import STARTED, Stub, StubLimits


class ScenarioState(NamedTuple):
    """The state of a scenario and, by stub id, how many requests each stub matched and answered."""

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
        acts = False

        def change(before: ScenarioState | None) -> ScenarioState | None:
            nonlocal acts
            after, acts = _used(stub, before or ScenarioState(), random)
            return after

        self._collection.update(_key(stub), change)
        return acts

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


def _key(stub: Stub) -> str:
    return stub.id if stub.step.scenario is None else f"scenario {stub.step.scenario}"


def _without(scenario: ScenarioState, stub_id: str) -> ScenarioState:
    uses = {key: counts for key, counts in scenario.uses.items() if key != stub_id}
    return scenario._replace(uses=uses)


def _used(stub: Stub, before: ScenarioState, random: Random) -> tuple[ScenarioState | None, bool]:
    """Return the state after a request that `stub` matches (None: unchanged) and if it acts."""
    step, limits = stub.step, stub.limits
    if step.required is not None and before.state != step.required:
        return None, False
    matched, used = before.uses.get(stub.id, (0, 0))
    is_open = matched >= limits.skip and (limits.times is None or used < limits.times)
    acts = is_open and _by_chance(limits, random)
    uses = {**before.uses, stub.id: (matched + 1, used + acts)}
    return ScenarioState((step.following if acts else None) or before.state, uses), acts


def _by_chance(limits: StubLimits, random: Random) -> bool:
    # No number is drawn where the outcome is certain: the sequence of a seed stays the same.
    return limits.probability >= 1 or random.random() < limits.probability
