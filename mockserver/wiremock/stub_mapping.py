"""Stubs: mappings in WireMock's words, parsed once and kept as given to be listed again."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from mockserver.model.errors import ERROR_STATUSES
from mockserver.model.http import Fault, Pairs, json_text
from mockserver.model.state_store import Codec
from mockserver.wiremock.delays import Delay, parse_delay
from mockserver.wiremock.mapping_fields import (
    UNSUPPORTED_MAPPING,
    UNSUPPORTED_RESPONSE,
    Fields,
    MappingError,
)
from mockserver.wiremock.pattern_fields import parse_pattern
from mockserver.wiremock.request_pattern import RequestPattern

OURS = "token-mockserver"
"""The key in a mapping's `metadata` below which the fields that WireMock lacks are listed."""

_OUR_FIELDS = (
    *("vendor", "endpoint", "phase", "times", "skip", "probability", "error", "gate", "notes"),
)
_LONGEST_GATE = 60.0  # real seconds
_ALIASES = {"status": "error"}  # `mock.fail` and `fail --status` say it in this way
_FIELD_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110, 5.6.2
_FIELD_VALUE = r"[\t\x20-\x7e\xa0-\xff]*"
_SERVER_HEADERS = frozenset({"connection", "content-length", "date", "transfer-encoding"})
_IGNORED = {
    "persistent": "stubs are never saved",
    "insertionIndex": "the order of insertion counts",
}
STARTED = "Started"
"""The state in which every scenario starts."""

MAPPING_FIELDS = {
    "id": "",
    "uuid": "the same",
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
"""The fields of a mapping that WireMock has, too, each with a note."""

RESPONSE_FIELDS = {
    "status": "",
    "headers": "without those that the server sends itself, of which the answer has a note",
    "body": "",
    "jsonBody": "",
    "base64Body": "",
    "fixedDelayMilliseconds": "",
    "delayDistribution": "`uniform`, `lognormal` or `fixed`",
    "chunkedDribbleDelay": "as a delay: the answer is sent as a whole at the end",
    "fault": "",
}
"""The fields of a response definition, each with a note."""


class Gate(NamedTuple):
    """Answers are held until `callers` wait, or for `seconds` real seconds."""

    callers: int
    seconds: float = 1.0


class ResponseDefinition(NamedTuple):
    """The answer that a stub defines.

    Attributes:
        status: None for the vendor's own answer.
        error: The status of the vendor's own error that is answered, in the vendor's shape.
        delay: Draws the seconds to wait; None for no delay of its own.
        gate: Holds the answers; None for none.
    """

    status: int | None = None
    headers: Pairs = ()
    body: bytes = b""
    error: int | None = None
    delay: Delay | None = None
    fault: Fault | None = None
    gate: Gate | None = None


class StubLimits(NamedTuple):
    """When a stub acts: before or after the vendor (`phase`), at most `times`, after `skip`."""

    phase: str = "before"
    times: int | None = None
    skip: int = 0
    probability: float = 1.0


class ScenarioStep(NamedTuple):
    """The scenario of a stub (None: no scenario), the state it needs and the state it sets."""

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
    pattern: RequestPattern
    response: ResponseDefinition
    limits: StubLimits
    step: ScenarioStep
    priority: int

    @property
    def is_stateful(self) -> bool:
        """True if earlier requests decide whether the stub acts (skip, times, scenario)."""
        return bool(self.limits.skip or self.limits.times or self.step.scenario)


def parse_stub(mapping: object) -> Stub:
    """Return the stub that a mapping describes.

    Raises:
        MappingError: The mapping cannot be used; the text names the field.
    """
    fields = Fields(mapping, unsupported=UNSUPPORTED_MAPPING)
    fields.check_known((*MAPPING_FIELDS, *_OUR_FIELDS, *_ALIASES))
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
    definition, notes = _without_server_headers(definition)
    response = _response(Fields(definition, "response", unsupported=UNSUPPORTED_RESPONSE), ours)
    response = response._replace(gate=_gate(Fields(ours, paths=paths)))
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
    not_kept = ("id", "uuid", *_OUR_FIELDS, *_ALIASES)
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
    for name in (*_OUR_FIELDS, *_ALIASES):
        above, below = fields.take_any(name), nested.take_any(name)
        if above is None and below is None:
            continue
        known = _ALIASES.get(name, name)
        path = nested.path(name) if above is None else name
        if known in found:
            raise MappingError(f"{path} and {paths[known]} are the same: give one of them")
        found[known] = below if above is None else above
        paths[known] = path
    nested.finish()
    return found, paths


def _pattern(request: dict[str, Any], ours: Fields) -> RequestPattern:
    address = {name: ours.take_optional(name, str) for name in ("vendor", "endpoint")}
    for name in address:
        if request.get(name) is not None:
            raise MappingError(f"request.{name} is not supported; {name} goes at the top level")
    return parse_pattern({**request, **address})


def _id(fields: Fields) -> str:
    given = {_uuid(fields, name) for name in ("id", "uuid")} - {None}
    if len(given) > 1:
        raise MappingError("id and uuid are two names of one thing")
    return next(iter(given), None) or str(uuid4())


def _uuid(fields: Fields, name: str) -> str | None:
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
        raise MappingError("times is 1 or more, skip 0 or more, probability 0 to 1")
    return StubLimits(phase, times, skip, probability)


def _response(fields: Fields, ours: Mapping[str, Any]) -> ResponseDefinition:
    fields.check_known(RESPONSE_FIELDS)
    delay = _with_dribble(fields, parse_delay(fields, "fixedDelayMilliseconds"))
    fault, error = _fault(fields), _error(ours)
    if fault is not None:
        if error is not None:
            raise MappingError("error cannot go with response.fault")
        fields.take_any("status")  # WireMock's clients send 200 beside a fault
        fields.finish("response.fault")
    if error is not None:
        fields.finish("error")
    keeps_answer = (delay is not None or ours.get("gate") is not None) and not len(fields)
    if fault is not None or error is not None or keeps_answer:
        return ResponseDefinition(error=error, delay=delay, fault=fault)
    status, headers, body = _status(fields), _headers(fields), _body(fields)
    fields.finish()
    return ResponseDefinition(status, headers, body, None, delay)


def _with_dribble(fields: Fields, delay: Delay | None) -> Delay | None:
    """Add the duration of `chunkedDribbleDelay` to a delay: the answer is sent as a whole."""
    given = fields.take_optional("chunkedDribbleDelay", dict)
    if given is None:
        return delay
    dribble = Fields(given, fields.path("chunkedDribbleDelay"))
    chunks = dribble.take("numberOfChunks", int, 0)
    duration = parse_delay(dribble, "totalDuration")
    dribble.finish()
    if duration is None or chunks < 1:
        raise MappingError(
            f"{fields.path('chunkedDribbleDelay')} needs numberOfChunks and totalDuration"
        )
    return duration if delay is None else lambda random: delay(random) + duration(random)


def _fault(fields: Fields) -> Fault | None:
    name = fields.take_optional("fault", str)
    if name is not None and name not in Fault.__members__:
        raise MappingError(f"response.fault must be one of {', '.join(Fault)}")
    return None if name is None else Fault(name)


def _error(ours: Mapping[str, Any]) -> int | None:
    error = ours.get("error")
    if error is None:
        return None
    if isinstance(error, bool) or not isinstance(error, int) or not 400 <= error <= 599:
        raise MappingError("error must be a status, 400 to 599")
    if error not in ERROR_STATUSES:
        raise MappingError("error must be an HTTP status that has a name")
    return error


def _gate(ours: Fields) -> Gate | None:
    given = ours.take_optional("gate", dict)
    if given is None:
        return None
    fields = Fields(given, ours.path("gate"))
    callers, seconds = fields.take("callers", int, 0), fields.take("seconds", (int, float), 1.0)
    fields.finish()
    if callers < 1 or not 0 < seconds <= _LONGEST_GATE:
        raise MappingError(
            f"{ours.path('gate')}: callers is 1 or more, seconds above 0 and at most 60"
        )
    return Gate(callers, float(seconds))


def _status(fields: Fields) -> int:
    status = fields.take("status", int, 200)
    if not 200 <= status <= 599:
        raise MappingError("response.status must be an HTTP status, 200 to 599")
    return status


def _headers(fields: Fields) -> Pairs:
    pairs = []
    for name, value in fields.take("headers", dict, {}).items():
        for item in value if isinstance(value, list) else [value]:
            _check_header(name, item, fields.path(f"headers.{name}"))
            pairs.append((name, item))
    return tuple(pairs)


def _without_server_headers(definition: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a response definition without the headers that the server sends, and notes of them.

    WireMock's recorder writes them into its mappings. They describe the recorded message.
    """
    headers = definition.get("headers")
    if not isinstance(headers, dict):
        return definition, []
    kept = {name: value for name, value in headers.items() if name.lower() not in _SERVER_HEADERS}
    notes = [
        f"response.headers.{name} is left out: the server sends its own"
        for name in headers
        if name not in kept
    ]
    return ({**definition, "headers": kept} if notes else definition), notes


def _check_header(name: str, value: object, where: str) -> None:
    if not re.fullmatch(_FIELD_NAME, name):
        raise MappingError(f"{where} is no name of a header")
    if not isinstance(value, str):
        raise MappingError(f"{where} must be a text or a list of texts")
    if not re.fullmatch(_FIELD_VALUE, value):
        raise MappingError(f"{where} must be one line, of characters in Latin-1")


def _body(fields: Fields) -> bytes:
    given = fields.take_one(("body", "jsonBody", "base64Body"))
    if given == "jsonBody":
        return json_text(fields.take_any("jsonBody")).encode()
    if given == "base64Body":
        try:
            return base64.b64decode(fields.take("base64Body", str, ""), validate=True)
        except (binascii.Error, ValueError):
            raise MappingError("response.base64Body is not base64") from None
    return fields.take("body", str, "").encode(errors="surrogatepass")
