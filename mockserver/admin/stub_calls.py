"""Calls about stubs and scenarios, in WireMock's words."""

from collections.abc import Mapping
from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.serializers import shown_stub
from mockserver.model.errors import Refusal
from mockserver.model.redaction import Recording
from mockserver.wiremock.stub_mapping import STARTED, Stub, parse_stub, to_mapping


def list_stubs(call: AdminRequest) -> Any:
    """Return all stubs, newest first."""
    shown = [_shown(call, stub) for stub in call.state.stubs.all()]
    return {"mappings": shown, "meta": {"total": len(shown)}}


def add(call: AdminRequest) -> Any:
    """Add a stub, and return its mapping with its id."""
    return _put(call, call.body())


def get_stub(call: AdminRequest) -> Any:
    """Return one stub."""
    return _shown(call, _stub(call))


def replace(call: AdminRequest) -> Any:
    """Replace a stub; a redaction tag in the new mapping keeps the value that it stands for."""
    old = _stub(call)
    recording = Recording(call.redactor)
    shown = shown_stub(old, recording)
    restored = _restored(call.body(), to_mapping(old), shown, recording.behind)
    return _put(call, {**restored, "id": old.id, "uuid": old.id})


def remove(call: AdminRequest) -> Any:
    """Remove a stub."""
    with call.transaction():
        call.state.stubs.remove(_stub(call).id)
    return {}


def remove_alike(call: AdminRequest) -> Any:
    """Remove the stub with the id of the mapping that is sent, or else with its address."""
    given, stubs = parse_stub(call.body()), call.state.stubs
    alike = (stub for stub in stubs.all() if _address(stub) == _address(given))
    stub = stubs.get(given.id) or next(alike, None)
    if stub is None:
        raise Refusal("there is no such mapping", status=404)
    stubs.remove(stub.id)
    return {}


def reset(call: AdminRequest) -> Any:
    """Remove all stubs and scenarios."""
    call.state.stubs.reset()
    return {}


def list_scenarios(call: AdminRequest) -> Any:
    """Return all scenarios, each with its state, its stubs, and the states that these name."""
    redact, found = call.redactor, call.state.stubs.scenarios()
    shown = [
        {
            "id": redact.text(name),
            "name": redact.text(name),
            "state": redact.text(state),
            "possibleStates": list(map(redact.text, states)),
            "mappings": _stubs_of(call, name),
        }
        for name, (state, states) in found.items()
    ]
    return {"scenarios": shown}


def set_scenario(call: AdminRequest) -> Any:
    """Set a scenario to `state`, by default to its initial state."""
    state = call.arguments().get("state", STARTED)
    name = call.parameters["name"]
    found = call.state.stubs.scenarios()
    if name not in found:
        raise Refusal("there is no such scenario", status=404)
    if state not in found[name][1]:
        raise Refusal(f"state must be one of {', '.join(found[name][1])}")
    call.state.stubs.set_scenario(name, state)
    return {}


def reset_scenarios(call: AdminRequest) -> Any:
    """Set every scenario to its initial state."""
    call.state.stubs.reset_scenarios()
    return {}


def _put(call: AdminRequest, mapping: dict[str, Any]) -> dict[str, Any]:
    stub = parse_stub(mapping)
    call.check_address(stub.ours.get("vendor"), stub.ours.get("endpoint"))
    with call.transaction():
        call.state.stubs.put(stub)
    return _shown(call, stub)


def _stubs_of(call: AdminRequest, scenario: str) -> list[dict[str, Any]]:
    stubs = call.state.stubs.all()
    return [_shown(call, stub) for stub in stubs if stub.step.scenario == scenario]


def _address(stub: Stub) -> tuple[Any, ...]:
    return stub.source.get("request"), stub.ours.get("vendor"), stub.ours.get("endpoint")


def _stub(call: AdminRequest) -> Stub:
    stub = call.state.stubs.get(call.parameters["id"])
    if stub is None:
        raise Refusal("there is no such mapping", status=404)
    return stub


def _shown(call: AdminRequest, stub: Stub) -> dict[str, Any]:
    return shown_stub(stub, call.redactor)


def _restored(value: Any, before: Any, shown: Any, behind: Mapping[str, Any]) -> Any:
    """Return `value` with the parts that it shares with `shown` set back to those of `before`.

    Parts that were moved or changed are searched for tags; `behind` has the value of each tag.
    """
    if isinstance(value, dict):
        names = dict(zip(shown, before, strict=False)) if isinstance(shown, dict) else {}
        return {
            names.get(name) or str(_untagged(name, behind)): _restored(
                item, _part(before, names.get(name)), _part(shown, name), behind
            )
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [
            _restored(item, _part(before, index), _part(shown, index), behind)
            for index, item in enumerate(value)
        ]
    if isinstance(value, str):
        return before if value == shown else _untagged(value, behind)
    return value


def _part(whole: Any, key: Any) -> Any:
    """Return a field or an element, None where there is none."""
    try:
        return whole[key]
    except (KeyError, IndexError, TypeError):
        return None


def _untagged(text: str, behind: Mapping[str, Any]) -> Any:
    if text in behind:
        return behind[text]
    for tag, value in behind.items():
        text = text.replace(tag, str(value))
    return text
