"""The actions of the console's forms; each makes one call of the admin API."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.console.page_call import PageCall
from mockserver.model.errors import Refusal, UnknownPath

Fields = Mapping[str, str]


def act(call: PageCall, name: str) -> Any:
    """Make the call of the admin API that a posted form stands for.

    Args:
        call: The request that posted the form.
        name: The name of the form.

    Returns:
        The result that the form's screen shows, such as a minted token; None if it shows none.

    Raises:
        Refusal: There is no such form, or the admin API refuses the call.
    """
    action = _ACTIONS.get(name)
    if action is None:
        raise UnknownPath(name)
    fields = {key: value.strip() for key, value in call.form.items() if value.strip()}
    return action(call, fields)


def _advance(call: PageCall, fields: Fields) -> None:
    call.admin("clock.advance", {"by": fields.get("by", "")})


def _freeze(call: PageCall, _: Fields) -> None:
    call.admin("clock.write", {"frozen": True})


def _unfreeze(call: PageCall, _: Fields) -> None:
    call.admin("clock.write", {"frozen": False})


def _go_to(call: PageCall, fields: Fields) -> None:
    frozen = bool(fields.get("frozen"))
    call.admin("clock.write", {"now": fields.get("now", ""), "frozen": frozen})


def _reset_clock(call: PageCall, _: Fields) -> None:
    call.admin("clock.reset")


def _revoke(call: PageCall, fields: Fields) -> None:
    call.admin("tokens.revoke", id=fields.get("id", ""))


def _mint(call: PageCall, fields: Fields) -> Any:
    wanted = {name: fields[name] for name in ("vendor", "defect") if name in fields}
    life = _whole(fields, "expires_in")
    minted = call.admin("tokens.mint", {**wanted, **life})
    return {"kind": "minted", "vendor": fields.get("vendor"), **minted}


def _explain(call: PageCall, fields: Fields) -> Any:
    vendor, token = fields.get("vendor"), fields.get("token", "")
    return {
        "kind": "explained",
        "vendor": vendor,
        **call.admin("tokens.explain", {"vendor": vendor, "token": token}),
    }


def _add_fault(call: PageCall, fields: Fields) -> None:
    stub: dict[str, Any] = {
        name: fields[name] for name in ("vendor", "endpoint", "phase") if name in fields
    }
    # One list in the form has endpoints of all vendors: "<vendor> <endpoint>".
    if " " in stub.get("endpoint", ""):
        stub["vendor"], _, stub["endpoint"] = stub["endpoint"].partition(" ")
    effect = fields.get("effect", "")
    delay = _whole(fields, "delay")
    if effect == "delay":
        if not delay:
            raise Refusal("Give the delay in milliseconds.")
        stub["response"] = {"fixedDelayMilliseconds": delay["delay"]}
    elif effect.isdigit():
        stub["error"] = int(effect)
    else:
        stub["response"] = {"fault": effect}
    call.admin("mappings.add", {**stub, **_whole(fields, "times")})


def _add_stub(call: PageCall, fields: Fields) -> None:
    try:
        mapping = json.loads(fields.get("mapping", ""))
    except (ValueError, RecursionError):
        raise Refusal("The mapping is not JSON.") from None
    call.admin("mappings.add", mapping)


def _remove_stub(call: PageCall, fields: Fields) -> None:
    call.admin("mappings.remove", id=fields.get("id", ""))


def _remove_stubs(call: PageCall, _: Fields) -> None:
    call.admin("mappings.reset")


def _clear_requests(call: PageCall, _: Fields) -> None:
    call.admin("requests.reset")


def _reset(call: PageCall, _: Fields) -> None:
    call.admin("server.reset", {})
    call.engine.refresh()


def _whole(fields: Fields, name: str) -> dict[str, int]:
    """Return `{name: number}` for a field with a whole number; `{}` if the field is empty."""
    text = fields.get(name)
    if text is None:
        return {}
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Refusal(f"{name.replace('_', ' ')} must be a whole number")
    return {name: int(text)}


_ACTIONS: dict[str, Callable[[PageCall, Fields], Any]] = {
    "advance": _advance,
    "freeze": _freeze,
    "unfreeze": _unfreeze,
    "go-to": _go_to,
    "reset-clock": _reset_clock,
    "revoke": _revoke,
    "mint": _mint,
    "explain": _explain,
    "add-fault": _add_fault,
    "add-stub": _add_stub,
    "remove-stub": _remove_stub,
    "remove-stubs": _remove_stubs,
    "clear-requests": _clear_requests,
    "reset": _reset,
}
