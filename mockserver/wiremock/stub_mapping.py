"""Stubs: WireMock mappings, parsed once and stored as given, so that they can be listed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.model.accounts import new_uuid
from mockserver.model.state_store import Codec
from mockserver.wiremock.mapping_fields import (
    UNSUPPORTED_MAPPING,
    UNSUPPORTED_RESPONSE,
    Fields,
    MappingError,
)
from mockserver.wiremock.response_definition import (
    ResponseDefinition,
    parse_gate,
    parse_response,
    without_server_headers,
)

if TYPE_CHECKING:
    from mockserver.wiremock.request_pattern import RequestPattern

OURS = "token-mockserver"
"""The key in a mapping's `metadata` below which the fields that WireMock lacks are listed."""

OUR_FIELDS = (
    "vendor",
    "endpoint",
    "phase",
    "times",
    "skip",
    "probability",
    "error",
    "gate",
    "notes",
)
"""The fields of a mapping that WireMock does not have."""

ALIASES = {"status": "error"}
"""Other names of some of these fields; `mock.fail` and `fail --status` use them."""

_IGNORED = {
    "persistent": "stubs are never saved",
    "insertionIndex": "the order of insertion counts",
}
STARTED = "Started"
"""The state in which every scenario starts."""

MAPPING_FIELDS = {
    "id": "",
    "uuid": "another name of `id`",
    "name": "",
    "request": "",
    "response": "",
    "priority": "",
    "scenarioName": "",
    "requiredScenarioState": "",
    "newScenarioState": "",
    "metadata": "",
    **{name: f"ignored: {reason}" for name, reason in _IGNORED.items()},
}
"""The fields that WireMock's mappings also have, each with a note."""


class StubLimits(NamedTuple):
    """The conditions under which a stub fires for a request that it matches.

    Attributes:
        phase: "before" if the stub responds in place of the vendor, "after" if the vendor acts
            first.
        times: How often the stub fires; None for always.
        skip: How many matching requests it lets pass first.
        probability: The probability with which it then fires, 0.0 to 1.0.
    """

    phase: str = "before"
    times: int | None = None
    skip: int = 0
    probability: float = 1.0


class ScenarioStep(NamedTuple):
    """The place of a stub in a scenario.

    Attributes:
        scenario: The name of the scenario; None for no scenario.
        required: The state in which the stub fires; None for every state.
        following: The state that the stub sets; None if it changes no state.
    """

    scenario: str | None = None
    required: str | None = None
    following: str | None = None


class Stub(NamedTuple):
    """One stub.

    Attributes:
        source: The mapping as it was given, without its ids and without `ours`.
        ours: The fields of the mapping that WireMock does not have, such as `vendor`.
    """

    id: str
    name: str | None
    source: Mapping[str, Any]
    ours: Mapping[str, Any]
    pattern: "RequestPattern"
    response: ResponseDefinition
    limits: StubLimits
    step: ScenarioStep
    priority: int

    @property
    def is_stateful(self) -> bool:
        """True if earlier requests decide whether the stub fires (skip, times, scenario)."""
        return bool(self.limits.skip or self.limits.times or self.step.scenario)


def parse_stub(mapping: object) -> Stub:
    """Return the stub that a mapping describes.

    Raises:
        MappingError: The mapping cannot be used; the text names the field.
    """
    fields = Fields(mapping, unsupported=UNSUPPORTED_MAPPING)
    fields.check_known((*MAPPING_FIELDS, *OUR_FIELDS, *ALIASES))
    assert isinstance(mapping, Mapping)
    ours, paths = _ours(fields)
    stub_id = _id(fields)
    name = fields.take_optional("name", str)
    pattern = _pattern(fields.take("request", dict, {}), Fields(ours, paths=paths))
    definition = fields.take("response", dict, {})
    for ignored in _IGNORED:
        fields.take_any(ignored)
    priority = fields.take("priority", int, 5)
    step = _step(fields)
    fields.finish()
    definition, notes = without_server_headers(definition)
    response = parse_response(
        Fields(definition, "response", unsupported=UNSUPPORTED_RESPONSE), ours
    )
    response = response._replace(gate=parse_gate(Fields(ours, paths=paths)))
    limits = _limits(Fields(ours, paths=paths))
    source = _source(mapping)
    if notes:
        source["response"], ours = definition, {**ours, "notes": notes}
    return Stub(stub_id, name, source, ours, pattern, response, limits, step, priority)


def to_mapping(stub: Stub) -> dict[str, Any]:
    """Return the mapping of a stub, with the fields that WireMock does not have in its metadata."""
    mapping: dict[str, Any] = {"id": stub.id, "uuid": stub.id, **stub.source}
    if stub.ours:
        metadata = stub.source.get("metadata") or {}
        mapping["metadata"] = {**metadata, OURS: dict(stub.ours)}
    return mapping


STUB = Codec(encode=to_mapping, decode=parse_stub)


def _source(mapping: Mapping[str, Any]) -> dict[str, Any]:
    not_kept = ("id", "uuid", *OUR_FIELDS, *ALIASES)
    return {
        name: value for name, value in mapping.items() if name not in not_kept and value is not None
    }


def _ours(fields: Fields) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields that WireMock does not have, and the full name of each for errors.

    Each stands at the top level or in the metadata below `OURS`; the top level goes first.
    """
    metadata = Fields(fields.take("metadata", dict, {}), "metadata")
    nested = Fields(metadata.take(OURS, dict, {}), metadata.path(OURS))
    found: dict[str, Any] = {}
    paths: dict[str, str] = {}
    for name in (*OUR_FIELDS, *ALIASES):
        above, below = fields.take_any(name), nested.take_any(name)
        if above is None and below is None:
            continue
        known = ALIASES.get(name, name)
        path = nested.path(name) if above is None else name
        if known in found:
            raise MappingError(f"{path} and {paths[known]} are the same: give one of them")
        found[known] = below if above is None else above
        paths[known] = path
    nested.finish()
    return found, paths


def _pattern(request: dict[str, Any], ours: Fields) -> "RequestPattern":
    # This imports all matchers. Most mocks in a test process have no stub and need none of them.
    from mockserver.wiremock.pattern_fields import parse_pattern  # noqa: PLC0415

    address = {name: ours.take_optional(name, str) for name in ("vendor", "endpoint")}
    for name in address:
        if request.get(name) is not None:
            raise MappingError(f"request.{name} is not supported; {name} goes at the top level")
    return parse_pattern({**request, **address})


def _id(fields: Fields) -> str:
    given = {_uuid(fields, name) for name in ("id", "uuid")} - {None}
    if len(given) > 1:
        raise MappingError("id and uuid are two names of one field: give one of them")
    return next(iter(given), None) or new_uuid()


def _uuid(fields: Fields, name: str) -> str | None:
    from uuid import UUID  # noqa: PLC0415 - for stubs only, as in `_pattern`

    text = fields.take_optional(name, str)
    try:
        return None if text is None else str(UUID(text))
    except ValueError:
        raise MappingError(f"{name} must be a UUID") from None


def _step(fields: Fields) -> ScenarioStep:
    step = ScenarioStep(
        fields.take_optional("scenarioName", str),
        fields.take_optional("requiredScenarioState", str),
        fields.take_optional("newScenarioState", str),
    )
    if step.scenario is None and (step.required or step.following):
        raise MappingError("a scenario state needs a scenarioName")
    return step


def _limits(fields: Fields) -> StubLimits:
    phase = fields.take("phase", str, "before")
    if phase not in ("before", "after"):
        raise MappingError("phase must be before or after")
    times, skip = fields.take_optional("times", int), fields.take("skip", int, 0)
    probability = fields.take("probability", (int, float), 1.0)
    if skip < 0 or (times is not None and times < 1) or not 0 <= probability <= 1:
        raise MappingError("times must be 1 or more, skip 0 or more, probability 0 to 1")
    return StubLimits(phase, times, skip, probability)
