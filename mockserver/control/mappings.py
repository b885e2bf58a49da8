"""Calls about stubs and scenarios, in WireMock's words."""

from typing import Any

from mockserver.control.call import ControlCall
from mockserver.core.errors import Refusal
from mockserver.core.http import Response, json_response
from mockserver.engine.stubs.book import listed as mapping_of
from mockserver.engine.stubs.mapping import STARTED, Stub, parse_stub


def listed(call: ControlCall) -> Response:
    """`GET /mappings`: newest first."""
    shown = [_shown(call, stub) for stub in call.state.stubs.all()]
    return json_response(200, {"mappings": shown, "meta": {"total": len(shown)}})


def add(call: ControlCall) -> Response:
    """`POST /mappings`: 201, the mapping with its id."""
    return json_response(201, _put(call, call.body()))


def one(call: ControlCall) -> Response:
    """`GET /mappings/<id>`."""
    return json_response(200, _shown(call, _stub(call)))


def replace(call: ControlCall) -> Response:
    """`PUT /mappings/<id>`: in its place; a redaction tag that is sent back keeps its value."""
    old = _stub(call)
    before = mapping_of(old)
    kept = _restored(call.body(), before, _shown(call, old))
    return json_response(200, _put(call, {**kept, "id": old.id, "uuid": old.id}))


def remove(call: ControlCall) -> Response:
    """`DELETE /mappings/<id>`."""
    call.state.stubs.remove(_stub(call).id)
    return json_response(200, {})


def reset(call: ControlCall) -> Response:
    """`DELETE /mappings`, `POST /mappings/reset`: no stubs, no scenarios."""
    call.state.stubs.reset()
    return json_response(200, {})


def scenarios(call: ControlCall) -> Response:
    """`GET /scenarios`: each with its state and the states that its stubs name."""
    found = call.state.stubs.scenarios()
    shown = [
        {"id": name, "name": name, "state": state, "possibleStates": states}
        for name, (state, states) in found.items()
    ]
    return json_response(200, {"scenarios": shown})


def set_scenario(call: ControlCall) -> Response:
    """`PUT /scenarios/<name>/state` with `state`; without it, where the scenario began."""
    state = call.arguments("state").get("state", STARTED)
    name = call.parameters["name"]
    found = call.state.stubs.scenarios()
    if name not in found:
        raise Refusal("there is no such scenario", status=404)
    if state not in found[name][1]:
        raise Refusal(f"state must be one of {', '.join(found[name][1])}")
    call.state.stubs.set_scenario(name, state)
    return json_response(200, {})


def reset_scenarios(call: ControlCall) -> Response:
    """`POST /scenarios/reset`: each as it began."""
    call.state.stubs.reset_scenarios()
    return json_response(200, {})


def _put(call: ControlCall, mapping: dict[str, Any]) -> dict[str, Any]:
    stub = parse_stub(mapping)
    _check_address(call, stub)
    call.state.stubs.put(stub)
    return _shown(call, stub)


def _check_address(call: ControlCall, stub: Stub) -> None:
    """A vendor or an endpoint that does not exist would wait for ever: say so now."""
    if "vendor" in stub.ours:
        vendor = call.vendor(stub.ours["vendor"])
        names = [endpoint.name for endpoint in vendor.endpoints]
        if stub.ours.get("endpoint", names[0]) not in names:
            raise Refusal(f"endpoint must be one of {', '.join(names)}")


def _stub(call: ControlCall) -> Stub:
    stub = call.state.stubs.get(call.parameters["id"])
    if stub is None:
        raise Refusal("there is no such mapping", status=404)
    return stub


def _shown(call: ControlCall, stub: Stub) -> dict[str, Any]:
    shown: dict[str, Any] = call.redactor.json(mapping_of(stub))
    return shown


def _restored(value: Any, before: Any, shown: Any) -> Any:
    """`value` with the tags that it shares with what was `shown` put back to what was `before`."""
    if isinstance(value, dict) and isinstance(before, dict):
        return {
            name: _restored(item, before.get(name), shown.get(name)) for name, item in value.items()
        }
    if isinstance(value, list) and isinstance(before, list) and len(value) == len(before):
        return [_restored(*items) for items in zip(value, before, shown, strict=True)]
    return before if value == shown else value
