"""Every call of the admin API: the one table for the server, its clients and its document."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mockserver.admin import events, journal_calls, server_calls, stub_calls, vendor_calls
from mockserver.admin.admin_auth import PREFIX
from mockserver.admin.admin_request import AdminRequest, Route
from mockserver.admin.openapi import document
from mockserver.emulator.routing import Routes
from mockserver.model.errors import Refusal
from mockserver.model.vendor import Endpoint
from mockserver.wiremock.mapping_fields import UNSUPPORTED_PATHS


def describe_api(_: AdminRequest) -> Any:
    """Return the admin API as an OpenAPI 3.1 document."""
    return document(ROUTES)


ROUTES = (
    Route("server.drop_namespace", server_calls.drop_namespace, ("DELETE ",)),
    Route(
        "namespaces.listed",
        server_calls.list_namespaces,
        ("GET /namespaces",),
        gives="Namespaces",
        query=("limit",),
    ),
    Route(
        "namespaces.drop",
        server_calls.drop_namespaces,
        ("DELETE /namespaces",),
        ("idle",),
        gives="Dropped",
        query=("idle",),
    ),
    Route(
        "server.health",
        server_calls.health,
        ("GET /health",),
        gives="Health",
        unavailable="Unhealthy",
    ),
    Route("server.version", server_calls.version, ("GET /version",), gives="Version"),
    Route("server.openapi", describe_api, ("GET /openapi.json",), gives="Document"),
    Route("server.reset", server_calls.reset, ("POST /reset",)),
    Route("server.settings", server_calls.settings, ("GET /settings",), gives="Settings"),
    Route(
        "server.change_settings",
        server_calls.change_settings,
        ("POST /settings",),
        ("fixedDelay", "delayDistribution", "proxyPassThrough", "extended"),
    ),
    Route(
        "certificates.pem",
        server_calls.pem,
        ("GET /certs/ca.pem", "GET /certs/wiremock-ca.crt"),
        gives="application/x-pem-file",
    ),
    Route(
        "certificates.pkcs12",
        server_calls.pkcs12,
        ("GET /certs/ca.p12",),
        gives="application/x-pkcs12",
    ),
    Route("clock.read", server_calls.read_clock, ("GET /clock",), gives="Clock"),
    Route(
        "clock.write", server_calls.write_clock, ("PUT /clock",), ("now", "frozen"), gives="Clock"
    ),
    Route("clock.reset", server_calls.reset_clock, ("DELETE /clock",), gives="Clock"),
    Route(
        "clock.advance",
        server_calls.advance_clock,
        ("POST /clock/advance",),
        ("seconds", "by"),
        gives="Clock",
    ),
    Route("vendors.listed", vendor_calls.list_vendors, ("GET /vendors",), gives="Vendors"),
    Route(
        "vendors.openapi",
        vendor_calls.openapi,
        ("GET /vendors/<vendor>/openapi.json",),
        gives="Document",
    ),
    Route(
        "vendors.act",
        vendor_calls.act,
        ("POST /vendors/<vendor>/<action>",),
        schema="Arguments",
        gives="Played",
    ),
    Route("tokens.listed", vendor_calls.list_tokens, ("GET /tokens",), gives="Tokens"),
    Route(
        "tokens.mint",
        vendor_calls.mint,
        ("POST /tokens",),
        ("vendor", "account", "expires_in", "claims", "defect"),
        gives="MintedToken",
        status=201,
    ),
    Route(
        "tokens.explain",
        vendor_calls.explain,
        ("POST /tokens/explain",),
        ("vendor", "token"),
        gives="Explanation",
    ),
    Route("tokens.revoke_text", vendor_calls.revoke_text, ("POST /tokens/revoke",), ("token",)),
    Route("tokens.one", vendor_calls.get_token, ("GET /tokens/<id>",), gives="Token"),
    Route("tokens.revoke", vendor_calls.revoke, ("DELETE /tokens/<id>",)),
    Route("accounts.listed", vendor_calls.list_accounts, ("GET /accounts",), gives="Accounts"),
    Route(
        "accounts.add",
        vendor_calls.add_account,
        ("POST /accounts",),
        ("vendor", "credentials"),
        gives="Account",
        status=201,
    ),
    Route("accounts.remove", vendor_calls.remove_account, ("DELETE /accounts/<id>",)),
    Route(
        "requests.listed",
        journal_calls.list_entries,
        ("GET /requests",),
        gives="Journal",
        query=("limit", "since", "unmatched", "matchingStub"),
    ),
    Route("requests.reset", journal_calls.reset, ("DELETE /requests", "POST /requests/reset")),
    Route(
        "requests.count",
        journal_calls.count,
        ("POST /requests/count",),
        schema="RequestPattern",
        gives="Count",
    ),
    Route(
        "requests.find",
        journal_calls.find,
        ("POST /requests/find",),
        schema="RequestPattern",
        gives="Requests",
    ),
    Route(
        "requests.remove",
        journal_calls.remove,
        ("POST /requests/remove",),
        schema="RequestPattern",
        gives="Removed",
    ),
    Route(
        "requests.wait",
        journal_calls.wait,
        ("POST /requests/wait",),
        ("pattern", "count", "timeout"),
        gives="Waited",
    ),
    Route(
        "requests.unmatched",
        journal_calls.unmatched,
        ("GET /requests/unmatched",),
        gives="Requests",
    ),
    Route(
        "near.of_unmatched",
        journal_calls.near_misses_of_unmatched,
        ("GET /requests/unmatched/near-misses",),
        gives="NearMisses",
    ),
    Route(
        "requests.events",
        events.follow,
        (f"GET {events.EVENTS_PATH}",),
        gives="text/event-stream",
    ),
    Route("requests.one", journal_calls.get_entry, ("GET /requests/<id>",), gives="JournalEntry"),
    Route("requests.remove_one", journal_calls.remove_entry, ("DELETE /requests/<id>",)),
    Route(
        "near.of_request",
        journal_calls.near_misses_of_request,
        ("POST /near-misses/request",),
        schema="Request",
        gives="NearMisses",
    ),
    Route(
        "near.of_pattern",
        journal_calls.near_misses_of_pattern,
        ("POST /near-misses/request-pattern",),
        schema="RequestPattern",
        gives="NearMisses",
    ),
    Route(
        "verdicts.listed",
        journal_calls.list_verdicts,
        ("POST /verdicts", "GET /verdicts"),
        ("one_caller",),
        gives="Verdicts",
        query=("one_caller",),
    ),
    Route("mappings.listed", stub_calls.list_stubs, ("GET /mappings",), gives="Mappings"),
    Route(
        "mappings.add",
        stub_calls.add,
        ("POST /mappings",),
        schema="Mapping",
        gives="Mapping",
        status=201,
    ),
    Route("mappings.reset", stub_calls.reset, ("DELETE /mappings", "POST /mappings/reset")),
    Route(
        "mappings.remove_alike",
        stub_calls.remove_alike,
        ("POST /mappings/remove",),
        schema="Mapping",
    ),
    Route(
        "mappings.import",
        stub_calls.import_stubs,
        ("POST /mappings/import",),
        ("mappings", "importOptions"),
    ),
    Route(
        "mappings.find_by_metadata",
        stub_calls.find_by_metadata,
        ("POST /mappings/find-by-metadata",),
        schema="Matcher",
        gives="Mappings",
    ),
    Route(
        "mappings.remove_by_metadata",
        stub_calls.remove_by_metadata,
        ("POST /mappings/remove-by-metadata",),
        schema="Matcher",
    ),
    Route(
        "mappings.unmatched",
        stub_calls.list_unmatched,
        ("GET /mappings/unmatched",),
        gives="Mappings",
    ),
    Route(
        "mappings.remove_unmatched", stub_calls.remove_unmatched, ("DELETE /mappings/unmatched",)
    ),
    Route("mappings.one", stub_calls.get_stub, ("GET /mappings/<id>",), gives="Mapping"),
    Route(
        "mappings.replace",
        stub_calls.replace,
        ("PUT /mappings/<id>",),
        schema="Mapping",
        gives="Mapping",
    ),
    Route("mappings.remove", stub_calls.remove, ("DELETE /mappings/<id>",)),
    Route("mappings.scenarios", stub_calls.list_scenarios, ("GET /scenarios",), gives="Scenarios"),
    Route("mappings.reset_scenarios", stub_calls.reset_scenarios, ("POST /scenarios/reset",)),
    Route(
        "mappings.set_scenario",
        stub_calls.set_scenario,
        ("PUT /scenarios/<path:name>/state",),
        ("state",),
    ),
)


BY_NAME = {route.name: route for route in ROUTES}

_AT = {(method, path): route for route in ROUTES for method, path in route.requests()}

_paths = Routes([Endpoint(method, (path,), route.answer) for (method, path), route in _AT.items()])


def select(path: str, method: str) -> tuple[Route, Mapping[str, str]]:
    """Return the route at a path below the prefix, and the values of the path's parameters.

    Raises:
        UnknownPath: No route has this path.
        WrongMethod: Routes have the path, but not the method.
        Refusal: WireMock has this path, or one above it, but it is not supported.
    """
    for unsupported, feature in UNSUPPORTED_PATHS.items():
        if path == unsupported or path.startswith(f"{unsupported}/"):
            raise Refusal(f"not supported: WireMock's {feature}", status=404)
    endpoint, parameters = _paths.select(path, method)
    return _AT[endpoint.method, endpoint.paths[0]], parameters


def request_line(name: str, parameters: Mapping[str, str]) -> tuple[str, str]:
    """Return method and path of a call, with the prefix and with its parameters escaped."""
    method, path = next(BY_NAME[name].requests())
    for parameter, value in parameters.items():
        path = re.sub(f"<(path:)?{parameter}>", quote(value, safe=""), path)
    return method, PREFIX + path
