"""Calls about stubs and scenarios, with WireMock's JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.serializers import shown_stub
from mockserver.model.errors import Refusal
from mockserver.model.http import json_text
from mockserver.model.redaction import RecordingRedactor
from mockserver.wiremock.mapping_fields import Fields
from mockserver.wiremock.matchers import parse_matcher
from mockserver.wiremock.stub_mapping import STARTED, Stub, parse_stub, to_mapping


def list_stubs(call: AdminRequest) -> Any:
    """Return all stubs, newest first."""
    return _listed(call, call.state.stubs.all())


def add(call: AdminRequest) -> Any:
    """Add a stub, and return its mapping with its ID."""
    return _put(call, call.body())


def get_stub(call: AdminRequest) -> Any:
    """Return one stub."""
    return _shown(call, _stub(call))


def replace(call: AdminRequest) -> Any:
    """Replace a stub; a redaction tag in the new mapping stands for the secret in the old one."""
    old = _stub(call)
    recording = RecordingRedactor(call.redactor)
    shown = shown_stub(old, recording)
    restored = _restored(call.body(), to_mapping(old), shown, recording.behind)
    return _put(call, {**restored, "id": old.id, "uuid": old.id})


def remove(call: AdminRequest) -> Any:
    """Remove a stub."""
    with call.transaction():
        call.state.stubs.remove(_stub(call).id)
    return {}


def remove_alike(call: AdminRequest) -> Any:
    """Remove the stub with the ID of the mapping in the body, or else with its URL and method."""
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


def import_stubs(call: AdminRequest) -> Any:
    """Add the stubs of a list; if several match a request, the first of the list responds.

    With `duplicatePolicy` `IGNORE` in `importOptions`, a stub with a known ID is omitted; by
    default it replaces the other. `deleteAllNotInImport` removes all other stubs.
    """
    arguments = Fields(call.arguments())
    mappings = arguments.take("mappings", list, [])
    options = Fields(arguments.take("importOptions", dict, {}), "importOptions")
    policy = options.take("duplicatePolicy", str, "OVERWRITE")
    is_complete = options.take("deleteAllNotInImport", bool, False)
    options.finish()
    if policy not in ("OVERWRITE", "IGNORE"):
        raise Refusal("importOptions.duplicatePolicy must be OVERWRITE or IGNORE")
    parsed = [_parsed(call, mapping) for mapping in mappings]
    with call.transaction():
        stubs = call.state.stubs
        known = {stub.id for stub in stubs.all()}
        for stub_id in known - {stub.id for stub in parsed} if is_complete else ():
            stubs.remove(stub_id)
        for stub in reversed(parsed):
            if policy == "OVERWRITE" or stub.id not in known:
                stubs.put(stub)
    return {}


def find_by_metadata(call: AdminRequest) -> Any:
    """Return the stubs whose metadata, as JSON, a matcher accepts."""
    return _listed(call, _with_metadata(call))


def remove_by_metadata(call: AdminRequest) -> Any:
    """Remove the stubs whose metadata, as JSON, a matcher accepts."""
    return _removed(call, _with_metadata)


def list_unmatched(call: AdminRequest) -> Any:
    """Return the stubs that responded to no request in the journal."""
    return _listed(call, _unmatched(call))


def remove_unmatched(call: AdminRequest) -> Any:
    """Remove the stubs that responded to no request in the journal."""
    return _removed(call, _unmatched)


def list_scenarios(call: AdminRequest) -> Any:
    """Return all scenarios, each with its state, its stubs, and the states that the stubs name."""
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
    """Set a scenario to `state`; without a body, to its initial state."""
    state = call.arguments().get("state") if call.content.body.strip() else STARTED
    name = call.parameters["name"]
    found = call.state.stubs.scenarios()
    if name not in found:
        raise Refusal("there is no such scenario", status=404)
    if state not in found[name][1]:
        raise Refusal(f"state must be one of {', '.join(found[name][1])}", status=422)
    call.state.stubs.set_scenario(name, state)
    return {}


def reset_scenarios(call: AdminRequest) -> Any:
    """Set every scenario to its initial state."""
    call.state.stubs.reset_scenarios()
    return {}


def _put(call: AdminRequest, mapping: dict[str, Any]) -> dict[str, Any]:
    stub = _parsed(call, mapping)
    with call.transaction():
        call.state.stubs.put(stub)
    return _shown(call, stub)


def _parsed(call: AdminRequest, mapping: object) -> Stub:
    stub = parse_stub(mapping)
    call.check_address(stub.ours.get("vendor"), stub.ours.get("endpoint"))
    return stub


def _listed(call: AdminRequest, stubs: Sequence[Stub]) -> Any:
    shown = [_shown(call, stub) for stub in stubs]
    return {"mappings": shown, "meta": {"total": len(shown)}}


def _removed(call: AdminRequest, choose: Callable[[AdminRequest], Sequence[Stub]]) -> Any:
    with call.transaction():
        for stub in choose(call):
            call.state.stubs.remove(stub.id)
    return {}


def _with_metadata(call: AdminRequest) -> list[Stub]:
    matcher = parse_matcher(call.body(), "the matcher")
    mappings = [(stub, to_mapping(stub).get("metadata")) for stub in call.state.stubs.all()]
    return [
        stub
        for stub, metadata in mappings
        if metadata is not None and matcher.accepts(json_text(metadata))
    ]


def _unmatched(call: AdminRequest) -> list[Stub]:
    acted = {entry.stub for entry in call.state.journal.all()}
    return [stub for stub in call.state.stubs.all() if stub.id not in acted]


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
    """Return a field or an element; None if it is absent."""
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
