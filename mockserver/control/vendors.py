"""Calls about the vendors: who they are, what they promise, what can be played at them."""

from typing import Any

from mockserver.control.call import ControlCall
from mockserver.core.contract import contract_of
from mockserver.core.errors import Refusal, UnknownPath
from mockserver.core.http import Response, json_response
from mockserver.core.vendor import Vendor


def listed(call: ControlCall) -> Response:
    """`GET /vendors`: names, hosts, addresses here, endpoints, built-in credentials."""
    here = f"http://{call.request.headers.get('host')}"
    vendors = [_description(call, vendor, here) for vendor in call.engine.vendors]
    return json_response(200, {"vendors": vendors})


def openapi(call: ControlCall) -> Response:
    """`GET /vendors/<vendor>/openapi.json`: the vendor's contract."""
    return json_response(200, contract_of(_vendor(call)))


def act(call: ControlCall) -> Response:
    """`POST /vendors/<vendor>/<action>`: play something that happens outside the vendor's API."""
    vendor = _vendor(call)
    action = vendor.actions.get(call.parameters["action"])
    if action is None:
        raise UnknownPath
    arguments = call.arguments(*action.arguments)
    return json_response(200, action.play(call.engine.state.realm(vendor), arguments))


def _vendor(call: ControlCall) -> Vendor[Any]:
    for vendor in call.engine.vendors:
        if vendor.name == call.parameters["vendor"]:
            return vendor
    raise Refusal("There is no such vendor.", status=404)


def _description(call: ControlCall, vendor: Vendor[Any], here: str) -> dict[str, Any]:
    return {
        "name": vendor.name,
        "hosts": call.engine.book.hosts[vendor.name],
        "base_url": f"{here}/{vendor.name}",
        "endpoints": [
            {"name": endpoint.name, "method": endpoint.method, "path": endpoint.paths[0]}
            for endpoint in vendor.endpoints
        ],
        "credentials": vendor.accounts[0],
    }
