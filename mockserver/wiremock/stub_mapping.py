"""A stub as its mapping says: read once, kept as given to be listed again."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from mockserver.model.errors import ERROR_STATUSES
from mockserver.model.http import Fault, Pairs, json_text
from mockserver.wiremock.delay_distribution import Delay, parse_delay
from mockserver.wiremock.mapping_fields import Fields, MappingError
from mockserver.wiremock.request_pattern import RequestPattern, parse_pattern

OURS = "token-mockserver"
"""The key under a mapping's `metadata` where what WireMock does not know is listed."""

_OUR_FIELDS = ("vendor", "endpoint", "phase", "times", "skip", "probability", "error")
_FIELD_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110, 5.6.2
_FIELD_VALUE = r"[\t\x20-\x7e\xa0-\xff]*"
_SERVERS_OWN = frozenset({"connection", "content-length", "date", "transfer-encoding"})
STARTED = "Started"
"""The state in which every scenario begins."""


class Reply(NamedTuple):
    """What a stub answers. Status None: the vendor's own answer. `error`: the vendor's own
    error by this status. `delay` rolls the seconds to wait, None for no delay of its own.
    """

    status: int | None = None
    headers: Pairs = ()
    body: bytes = b""
    error: int | None = None
    delay: Delay | None = None
    fault: Fault | None = None


class Turn(NamedTuple):
    """When a stub acts: `phase` before or after the vendor, at most `times`, after `skip`."""

    phase: str = "before"
    times: int | None = None
    skip: int = 0
    probability: float = 1.0


class Scene(NamedTuple):
    """The part of a scenario in which a stub plays; `scenario` None: in none."""

    scenario: str | None = None
    required: str | None = None
    following: str | None = None


class Stub(NamedTuple):
    """One mapping. `source` is what it was made from, without `id` and what is ours."""

    id: str
    name: str | None
    source: Mapping[str, Any]
    ours: Mapping[str, Any]
    pattern: RequestPattern
    reply: Reply
    turn: Turn
    scene: Scene
    priority: int

    @property
    def counts(self) -> bool:
        """Whether it depends on what came before whether this stub acts."""
        return bool(self.turn.skip or self.turn.times or self.scene.scenario)


def parse_stub(mapping: object) -> Stub:
    """The stub that a mapping describes. Raises MappingError, which names the field in error."""
    fields = Fields(mapping)
    assert isinstance(mapping, Mapping)
    ours, where = _ours(fields)
    stub_id = _id(fields)
    name = fields.take_optional("name", str)
    pattern = _pattern(fields.take("request", dict, {}), Fields(ours, places=where))
    response = fields.take("response", dict, {})
    fields.take_any("persistent")
    fields.take_any("insertionIndex")
    priority = fields.take("priority", int, 5)
    scene = _scene(fields)
    fields.finish()
    reply, turn = _reply(Fields(response, "response"), ours), _turn(Fields(ours, places=where))
    return Stub(stub_id, name, _source(mapping), ours, pattern, reply, turn, scene, priority)


def _source(mapping: Mapping[str, Any]) -> dict[str, Any]:
    not_kept = ("id", "uuid", *_OUR_FIELDS)
    return {
        name: value for name, value in mapping.items() if name not in not_kept and value is not None
    }


def _ours(fields: Fields) -> tuple[dict[str, Any], dict[str, str]]:
    """What WireMock does not know, at the top level or under our key of the metadata; and where
    each field of it stands.
    """
    metadata = Fields(fields.take("metadata", dict, {}), "metadata")
    nested = Fields(metadata.take(OURS, dict, {}), metadata.path(OURS))
    found, where = {}, {}
    for name in _OUR_FIELDS:
        above, below = fields.take_any(name), nested.take_any(name)
        if above is not None or below is not None:
            found[name] = below if above is None else above
            where[name] = nested.path(name) if above is None else name
    nested.finish()
    return found, where


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


def _scene(fields: Fields) -> Scene:
    scene = Scene(
        fields.take_optional("scenarioName", str),
        fields.take_optional("requiredScenarioState", str),
        fields.take_optional("newScenarioState", str),
    )
    if scene.scenario is None and (scene.required or scene.following):
        raise MappingError("a scenario state needs a scenarioName")
    return scene


def _turn(fields: Fields) -> Turn:
    phase = fields.take("phase", str, "before")
    if phase not in ("before", "after"):
        raise MappingError("phase must be before or after")
    times, skip = fields.take_optional("times", int), fields.take("skip", int, 0)
    probability = fields.take("probability", (int, float), 1.0)
    if skip < 0 or (times is not None and times < 1) or not 0 <= probability <= 1:
        raise MappingError("times is 1 or more, skip 0 or more, probability 0 to 1")
    return Turn(phase, times, skip, probability)


def _reply(fields: Fields, ours: Mapping[str, Any]) -> Reply:
    delay = parse_delay(fields, "fixedDelayMilliseconds")
    fault, error = _fault(fields), _error(ours)
    if fault is not None:
        if error is not None:
            raise MappingError("error cannot go with response.fault")
        fields.take_any("status")  # WireMock's clients send 200 beside a fault
        fields.finish("response.fault")
    if error is not None:
        fields.finish("error")
    if fault is not None or error is not None or (delay is not None and not len(fields)):
        return Reply(error=error, delay=delay, fault=fault)
    status, headers, body = _status(fields), _headers(fields), _body(fields)
    fields.finish()
    return Reply(status, headers, body, None, delay)


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


def _check_header(name: str, value: object, where: str) -> None:
    if name.lower() in _SERVERS_OWN:
        raise MappingError(f"{where} is not supported: the server sends its own")
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
