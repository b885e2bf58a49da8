"""Calls about the whole server: health, version, reset, delays, clock, certificates."""

from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.model.clock import DURATIONS, iso, moment_at, seconds_of
from mockserver.model.errors import Refusal, StoreError, UnknownPath
from mockserver.model.http import Response, json_response
from mockserver.model.version import VERSION

_LONGEST_STEP = 10**12  # seconds: beyond any moment that the clock can show


def health(call: AdminRequest) -> Any:
    """Return "healthy" and, in `journal.dropped`, how many requests newer ones have replaced."""
    call.engine.check()
    journal = {"dropped": call.state.journal.dropped}
    return {"status": "healthy", "version": VERSION, "journal": journal}


def unhealthy(error: StoreError) -> Response:
    """Return the 503 of a server whose store cannot be used."""
    return json_response(503, {"status": "unhealthy", "version": VERSION, "store": str(error)})


def version(_: AdminRequest) -> Any:
    """Return the version of this product."""
    return {"version": VERSION}


def reset(call: AdminRequest) -> Any:
    """Reset tokens, codes, accounts, journal, stubs, settings, clock and signing keys."""
    call.arguments()
    call.engine.reset()
    return {}


def settings(call: AdminRequest) -> Any:
    """Return the delay of every response."""
    return {"settings": call.state.delay.settings}


def change_settings(call: AdminRequest) -> Any:
    """Set the delay of all responses: `fixedDelay` in milliseconds, or `delayDistribution`.

    If both are absent, responses are not delayed. Other settings of WireMock's clients have no
    effect.
    """
    given = call.arguments()
    if given.pop("extended", {}) != {}:
        raise Refusal("extended is not supported: there are no extensions")
    given.pop("proxyPassThrough", None)
    call.state.delay.set(given)
    return {}


def drop_namespace(call: AdminRequest) -> Any:
    """Remove a namespace and everything in it; only below `/ns/<name>`."""
    if not call.namespace:
        raise UnknownPath
    call.namespaces.drop(call.namespace)
    return {}


def list_namespaces(call: AdminRequest) -> Any:
    """Return all namespaces except the default one, most recently used first, with their sizes.

    `limit` is the maximum number, by default 100. `total` is the number of all namespaces.
    """
    _require_default(call)
    uses = call.namespaces.uses()
    newest = [*reversed(uses.items())][: call.limit(100)]
    return {
        "namespaces": [
            {"name": name, "lastUsed": _last_used(used), "sizes": _sizes(call, name)}
            for name, used in newest
        ],
        "total": len(uses),
    }


def drop_namespaces(call: AdminRequest) -> Any:
    """Remove all namespaces except the default one; with `idle`, such as 30m, only unused ones.

    `idle` is the time, a duration or a number of seconds, since the last use of a namespace.
    """
    _require_default(call)
    idle = call.query("idle") or call.arguments().get("idle")
    seconds = 0.0 if idle is None else _idle_seconds(idle)
    return {"dropped": call.namespaces.drop_idle(seconds)}


def _require_default(call: AdminRequest) -> None:
    """Raise UnknownPath below `/ns/<name>`, where the call does not exist."""
    if call.namespace:
        raise UnknownPath


def _last_used(seconds: float) -> str:
    return iso(moment_at(int(seconds * 1_000_000)))


def _sizes(call: AdminRequest, name: str) -> dict[str, int]:
    sizes = call.namespaces.sizes(name)
    shown = {"requests": "journal", "tokens": "issued", "stubs": "stubs"}
    counts = {word: sizes.get(collection, 0) for word, collection in shown.items()}
    return {**counts, "records": sum(sizes.values())}


def _idle_seconds(idle: Any) -> float:
    if isinstance(idle, bool) or not isinstance(idle, (int, float, str)):
        raise Refusal(f"idle must be a number of seconds or a string; {DURATIONS}")
    return float(seconds_of(idle)) if isinstance(idle, str) else _number(idle, "idle")


def read_clock(call: AdminRequest) -> Any:
    """Return the time of the clock."""
    clock = call.state.clock
    return {"now": iso(clock.now()), "frozen": clock.frozen}


def write_clock(call: AdminRequest) -> Any:
    """Set the clock to `now` (default: keep the time) and freeze it unless `frozen` is false."""
    arguments = call.arguments()
    frozen = arguments.get("frozen", True)
    if not isinstance(frozen, bool):
        raise Refusal("frozen must be true or false")
    clock, now = call.state.clock, arguments.get("now")
    if frozen:
        clock.freeze(now)
    elif now is not None:
        clock.set(now)
    else:
        clock.unfreeze()
    return read_clock(call)


def reset_clock(call: AdminRequest) -> Any:
    """Return to the machine's time, running."""
    call.state.clock.reset()
    return read_clock(call)


def advance_clock(call: AdminRequest) -> Any:
    """Advance the clock by `seconds`, a number, or by `by`, a string such as 30m or 1d 12h."""
    arguments = call.arguments()
    if len(arguments) != 1:
        raise Refusal(f"give either seconds, a number, or by, a duration; {DURATIONS}")
    seconds = _duration(arguments["by"]) if "by" in arguments else _number(arguments["seconds"])
    call.state.clock.advance(seconds=seconds)
    return read_clock(call)


def _number(seconds: Any, name: str = "seconds") -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise Refusal(f"{name} must be a number")
    if not abs(seconds) < _LONGEST_STEP:  # refuses NaN too
        raise Refusal(f"{name} is too large")
    return float(seconds)


def _duration(by: Any) -> float:
    if not isinstance(by, str):
        raise Refusal(f"by must be a string; {DURATIONS}")
    return seconds_of(by)


def pem(call: AdminRequest) -> Response:
    """Return the certificate of the server's authority, PEM."""
    return _file(_certificates(call).authority.pem, "application/x-pem-file")


def pkcs12(call: AdminRequest) -> Response:
    """Return a PKCS #12 trust store with the same certificate; its password is `changeit`."""
    return _file(_certificates(call).authority.pkcs12, "application/x-pkcs12")


def _certificates(call: AdminRequest) -> ServerCertificates:
    if call.certificates is None:
        raise Refusal("certificates are available over HTTP only", status=404)
    return call.certificates


def _file(content: bytes, media_type: str) -> Response:
    return Response(200, (("Content-Type", media_type),), content)
