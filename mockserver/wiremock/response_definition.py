"""Response definitions: the responses of stubs, in WireMock's fields and in ours."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.model.errors import ERROR_STATUSES
from mockserver.model.http import Fault, Pairs, json_text
from mockserver.wiremock.delays import Delay, parse_delay
from mockserver.wiremock.mapping_fields import Fields, MappingError

_LONGEST_GATE = 60.0  # real seconds
_FIELD_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110, 5.6.2
_FIELD_VALUE = r"[\t\x20-\x7e\xa0-\xff]*"
_SERVER_HEADERS = frozenset({"connection", "content-length", "date", "transfer-encoding"})

RESPONSE_FIELDS = {
    "status": "",
    "headers": "except those that the server sends itself; the metadata notes them",
    "body": "",
    "jsonBody": "",
    "base64Body": "",
    "fixedDelayMilliseconds": "",
    "delayDistribution": "`uniform`, `lognormal` or `fixed`",
    "chunkedDribbleDelay": "as a delay: the response is sent as a whole at the end",
    "fault": "",
}
"""The fields of a response definition, each with a note."""


class Gate(NamedTuple):
    """Holds responses until `callers` requests wait for one, at most for `seconds` real seconds."""

    callers: int
    seconds: float = 1.0


class ResponseDefinition(NamedTuple):
    """The response that a stub defines.

    Attributes:
        status: The status; None for the vendor's own response.
        headers: The header fields.
        body: The body.
        error: The status of an error in the vendor's own shape; None for no error.
        delay: Returns the seconds to wait; None if the stub has no delay.
        fault: The way in which the connection breaks; None if it does not break.
        gate: The gate that holds the responses; None if there is none.
    """

    status: int | None = None
    headers: Pairs = ()
    body: bytes = b""
    error: int | None = None
    delay: Delay | None = None
    fault: Fault | None = None
    gate: Gate | None = None


def parse_response(fields: Fields, ours: Mapping[str, Any]) -> ResponseDefinition:
    """Return the response definition in an object's fields.

    Args:
        fields: The fields in WireMock's words.
        ours: The fields of the mapping that WireMock does not have; `error` is one of them.

    Raises:
        MappingError: The definition cannot be used; the text names the field.
    """
    fields.check_known(RESPONSE_FIELDS)
    delay = _with_dribble(fields, parse_delay(fields, "fixedDelayMilliseconds"))
    fault, error = _fault(fields), _error(ours)
    if fault is not None:
        if error is not None:
            raise MappingError("error cannot be combined with response.fault")
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
    """Add the duration of `chunkedDribbleDelay` to a delay: the response is sent as a whole."""
    given = fields.take_optional("chunkedDribbleDelay", dict)
    if given is None:
        return delay
    dribble = Fields(given, fields.path("chunkedDribbleDelay"))
    dribble.check_known(("numberOfChunks", "totalDuration"))
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
        raise MappingError("status (in a mapping: error) must be 400 to 599")
    if error not in ERROR_STATUSES:
        raise MappingError("status (in a mapping: error) must be an HTTP status that has a name")
    return error


def parse_gate(ours: Fields) -> Gate | None:
    """Return the gate in the fields of a mapping; None if there is none.

    Raises:
        MappingError: The gate cannot be used; the text names the field.
    """
    given = ours.take_optional("gate", dict)
    if given is None:
        return None
    fields = Fields(given, ours.path("gate"))
    callers, seconds = fields.take("callers", int, 0), fields.take("seconds", (int, float), 1.0)
    fields.finish()
    if callers < 1 or not 0 < seconds <= _LONGEST_GATE:
        raise MappingError(
            f"{ours.path('gate')}: callers must be 1 or more, seconds above 0 and at most 60"
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


def without_server_headers(definition: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
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
        raise MappingError(f"{where} is not the name of a header")
    if not isinstance(value, str):
        raise MappingError(f"{where} must be a string or a list of strings")
    if not re.fullmatch(_FIELD_VALUE, value):
        raise MappingError(f"{where} must be one line of Latin-1 characters")


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
