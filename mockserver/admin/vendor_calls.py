"""Calls about the vendors: who they are, what they promise, what can be played at them."""

from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.model.contract import contract_of
from mockserver.model.errors import UnknownPath
from mockserver.model.http import Response, json_response
from mockserver.model.vendor import Vendor


def listed(call: AdminRequest) -> Response:
    """All vendors: names, hosts, addresses here, endpoints, built-in credentials."""
    vendors = [_description(call, vendor) for vendor in call.engine.vendors]
    return json_response(200, {"vendors": vendors})


def openapi(call: AdminRequest) -> Response:
    """A vendor's contract, an OpenAPI 3.1 document."""
    return json_response(200, contract_of(call.vendor_at_path()))


def act(call: AdminRequest) -> Response:
    """Play something that happens at a vendor outside its API, such as a login."""
    vendor = call.vendor_at_path()
    action = vendor.actions.get(call.parameters["action"])
    if action is None:
        raise UnknownPath
    arguments = call.arguments(action.arguments)
    with call.together():
        return json_response(200, action.play(call.state.vendor_state(vendor), arguments))


def _description(call: AdminRequest, vendor: Vendor[Any]) -> dict[str, Any]:
    return {
        "name": vendor.name,
        "hosts": call.engine.book.hosts[vendor.name],
        "base_url": f"{call.root}/{vendor.name}",
        "endpoints": [
            {"name": endpoint.name, "method": endpoint.method, "path": endpoint.paths[0]}
            for endpoint in vendor.endpoints
        ],
        "actions": list(vendor.actions),
        "credentials": vendor.accounts[0] if vendor.accounts else {},
    }
