"""A small vendor of the tests' own, and engines that serve it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mockserver.emulator.addressing import AddressBook
from mockserver.emulator.current import Current
from mockserver.emulator.engine import Engine
from mockserver.emulator.state import Given
from mockserver.model.accounts import Account
from mockserver.model.errors import MockServerError, Refusal
from mockserver.model.http import Request, Response, json_response
from mockserver.model.settings import NoSettings
from mockserver.model.vendor import Action, Call, Vendor, VendorState, get, post
from mockserver.storage.memory import MemoryBackend


def here(call: Call[NoSettings]) -> Response:
    return json_response(200, {"path": call.request.path, "parameters": dict(call.parameters)})


def broken(call: Call[NoSettings]) -> Response:
    raise RuntimeError("a secret of ours: s3cr3t")


def refuse(refusal: Refusal, request: Request) -> Response:
    return json_response(refusal.status, {"acme": refusal.message, "at": request.path})


def claims(state: VendorState[NoSettings], account: Account, life: int | None) -> Mapping[str, Any]:
    return {"user": account["user"], "exp": state.clock.unix() + (life or 60)}


def play(state: VendorState[NoSettings], arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    if arguments.get("word") == "fail":
        raise RuntimeError("a secret of ours: s3cr3t")
    if "word" in arguments and not isinstance(arguments["word"], str):
        raise MockServerError("word must be a text")
    return {"played": dict(arguments)}


ACME = Vendor(
    name="acme",
    hosts=("api.acme.test", "ACME.test"),
    endpoints=(get("/here", here), post("/here/<what>/there.txt", here), get("/broken", broken)),
    refuse=refuse,
    settings=NoSettings,
    accounts=({"user": "someone", "password": "p4ssw0rd"},),
    contract=Path(__file__),
    curl="{base_url}/here",
    claims=claims,
    new_account=lambda: {"user": "new", "password": "new"},
    actions={"play": Action(play, ("word",))},
)


def engine_of(*vendors: Vendor[Any], **hosts: list[str]) -> Engine:
    """An engine that serves these vendors alone."""
    given = Given(vendors, {vendor.name: vendor.settings() for vendor in vendors})
    return Engine(vendors, AddressBook(vendors, hosts), Current(MemoryBackend(), "", given))


def acme_engine(**changes: Any) -> Engine:
    """An engine that serves acme, with some of what it declares changed."""
    return engine_of(replace(ACME, **changes))
