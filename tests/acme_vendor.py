"""The small vendor `acme` for tests, and engines that serve it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.emulator.engine import Engine
from mockserver.emulator.routing import VendorRouter
from mockserver.emulator.state import StateOptions
from mockserver.model.accounts import Account
from mockserver.model.clock import Moment
from mockserver.model.errors import MockServerError, Refusal
from mockserver.model.http import Request, Response, json_response
from mockserver.model.settings import NoSettings
from mockserver.model.vendor import Action, Call, Vendor, get, post
from mockserver.model.vendor_state import VendorState
from mockserver.storage import open_backend


def here(call: Call[NoSettings]) -> Response:
    return json_response(200, {"path": call.request.path, "parameters": dict(call.parameters)})


def broken(call: Call[NoSettings]) -> Response:
    raise RuntimeError("a secret of ours: s3cr3t")


def refuse(refusal: Refusal, request: Request) -> Response:
    return json_response(refusal.status, {"acme": refusal.message, "at": request.path})


def claims(
    account: Account, _settings: NoSettings, now: Moment, life: int | None
) -> Mapping[str, Any]:
    return {"user": account["user"], "exp": now.unix + (life or 60)}


def play(
    _state: VendorState[NoSettings], arguments: Mapping[str, Any], _now: Moment
) -> Mapping[str, Any]:
    if arguments.get("word") == "fail":
        raise RuntimeError("a secret of ours: s3cr3t")
    if "word" in arguments and not isinstance(arguments["word"], str):
        raise MockServerError("word must be a string")
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


def engine_of(*vendors: Vendor[Any], store: str = "memory:", **hosts: list[str]) -> Engine:
    """Return an engine that serves only these vendors, on the store at a URL."""
    options = StateOptions(vendors, {vendor.name: vendor.settings() for vendor in vendors})
    return Engine(options, VendorRouter(vendors, hosts), open_backend(store), "")


def acme_engine(**changes: Any) -> Engine:
    """Return an engine that serves acme, with some fields of its declaration changed."""
    return engine_of(ACME._replace(**changes))
