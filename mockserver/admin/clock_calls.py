"""Calls about the clock. Each answers `{"now": "<ISO 8601, Z>", "frozen": bool}`."""

from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.model.clock import iso
from mockserver.model.duration import seconds_of
from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response

_FAR = 10**12  # seconds: beyond any moment that the clock knows


def read(call: AdminRequest) -> Response:
    """What time it is."""
    clock = call.state.clock
    return json_response(200, {"now": iso(clock.now()), "frozen": clock.frozen})


def write(call: AdminRequest) -> Response:
    """Go to `now` (default: stay), and stop there unless `frozen` is false."""
    arguments = call.arguments()
    frozen = arguments.get("frozen", True)
    if not isinstance(frozen, bool):
        raise Refusal("frozen must be true or false")
    _set(call, arguments.get("now"), frozen)
    return read(call)


def reset(call: AdminRequest) -> Response:
    """The machine's time again, running."""
    call.state.clock.reset()
    return read(call)


def advance(call: AdminRequest) -> Response:
    """Go forward by `seconds`, a number, or `by`, a text such as 30m or 1d12h."""
    arguments = call.arguments()
    if len(arguments) != 1:
        raise Refusal('give either seconds, a number, or by, a text such as "30m"')
    seconds = _duration(arguments["by"]) if "by" in arguments else _number(arguments["seconds"])
    call.state.clock.advance(seconds=seconds)
    return read(call)


def _set(call: AdminRequest, now: Any, frozen: bool) -> None:
    clock = call.state.clock
    if frozen:
        clock.freeze(now)
    elif now is not None:
        clock.set(now)
    else:
        clock.unfreeze()


def _number(seconds: Any) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise Refusal("seconds must be a number")
    if not abs(seconds) < _FAR:  # so that NaN is refused too
        raise Refusal("seconds is too large")
    return float(seconds)


def _duration(by: Any) -> int:
    if not isinstance(by, str):
        raise Refusal("by must be a text")
    return seconds_of(by)
