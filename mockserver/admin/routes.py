"""Every call of the control interface: the one table for the server, its clients, its document."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from mockserver.admin.address import PREFIX


class Route(NamedTuple):
    """One call.

    `name`: the module and the function that answer it, "clock.advance". `lines`: method and path
    below the prefix, of which the first is the one that clients of ours use. `takes`: the fields of
    its body; or else `follows`: the schema of its body. `gives`: the schema of its answer.
    """

    name: str
    lines: tuple[str, ...]
    takes: tuple[str, ...] = ()
    follows: str = ""
    gives: str = "Nothing"
    status: int = 200
    query: tuple[str, ...] = ()

    def requests(self) -> Iterator[tuple[str, str]]:
        """Each method with its path."""
        for line in self.lines:
            method, _, path = line.partition(" ")
            yield method, path


ROUTES = (
    Route("server.drop_namespace", ("DELETE ",)),
    Route("server.health", ("GET /health",), gives="Health"),
    Route("server.version", ("GET /version",), gives="Version"),
    Route("server.openapi", ("GET /openapi.json",), gives="Document"),
    Route("server.reset", ("POST /reset",)),
    Route("server.settings", ("GET /settings",), gives="Settings"),
    Route(
        "server.change_settings",
        ("POST /settings",),
        ("fixedDelay", "delayDistribution", "proxyPassThrough", "extended"),
    ),
    Route("clock.read", ("GET /clock",), gives="Clock"),
    Route("clock.write", ("PUT /clock",), ("now", "frozen"), gives="Clock"),
    Route("clock.reset", ("DELETE /clock",), gives="Clock"),
    Route("clock.advance", ("POST /clock/advance",), ("seconds", "by"), gives="Clock"),
    Route("vendors.listed", ("GET /vendors",), gives="Vendors"),
    Route("vendors.openapi", ("GET /vendors/<vendor>/openapi.json",), gives="Document"),
    Route("vendors.act", ("POST /vendors/<vendor>/<action>",), follows="Arguments", gives="Played"),
    Route("tokens.listed", ("GET /tokens",), gives="Tokens"),
    Route(
        "tokens.mint",
        ("POST /tokens",),
        ("vendor", "account", "expires_in", "claims", "defect"),
        gives="MintedToken",
        status=201,
    ),
    Route("tokens.explain", ("POST /tokens/explain",), ("vendor", "token"), gives="Explanation"),
    Route("tokens.one", ("GET /tokens/<id>",), gives="Token"),
    Route("tokens.revoke", ("DELETE /tokens/<id>",)),
    Route("accounts.listed", ("GET /accounts",), gives="Accounts"),
    Route(
        "accounts.add", ("POST /accounts",), ("vendor", "credentials"), gives="Account", status=201
    ),
    Route("accounts.remove", ("DELETE /accounts/<id>",)),
    Route(
        "requests.listed",
        ("GET /requests",),
        gives="Journal",
        query=("limit", "since", "unmatched", "matchingStub"),
    ),
    Route("requests.reset", ("DELETE /requests", "POST /requests/reset")),
    Route("requests.count", ("POST /requests/count",), follows="RequestPattern", gives="Count"),
    Route("requests.find", ("POST /requests/find",), follows="RequestPattern", gives="Requests"),
    Route(
        "requests.remove",
        ("POST /requests/remove",),
        follows="RequestPattern",
        gives="Removed",
    ),
    Route(
        "requests.wait", ("POST /requests/wait",), ("pattern", "count", "timeout"), gives="Waited"
    ),
    Route("requests.unmatched", ("GET /requests/unmatched",), gives="Requests"),
    Route("near.of_unmatched", ("GET /requests/unmatched/near-misses",), gives="NearMisses"),
    Route("requests.one", ("GET /requests/<id>",), gives="JournalEntry"),
    Route("requests.remove_one", ("DELETE /requests/<id>",)),
    Route("near.of_request", ("POST /near-misses/request",), follows="Request", gives="NearMisses"),
    Route(
        "near.of_pattern",
        ("POST /near-misses/request-pattern",),
        follows="RequestPattern",
        gives="NearMisses",
    ),
    Route("mappings.listed", ("GET /mappings",), gives="Mappings"),
    Route("mappings.add", ("POST /mappings",), follows="Mapping", gives="Mapping", status=201),
    Route("mappings.reset", ("DELETE /mappings", "POST /mappings/reset")),
    Route("mappings.remove_alike", ("POST /mappings/remove",), follows="Mapping"),
    Route("mappings.one", ("GET /mappings/<id>",), gives="Mapping"),
    Route("mappings.replace", ("PUT /mappings/<id>",), follows="Mapping", gives="Mapping"),
    Route("mappings.remove", ("DELETE /mappings/<id>",)),
    Route("mappings.scenarios", ("GET /scenarios",), gives="Scenarios"),
    Route("mappings.reset_scenarios", ("POST /scenarios/reset",)),
    Route("mappings.set_scenario", ("PUT /scenarios/<path:name>/state",), ("state",)),
)

_BY_NAME = {route.name: route for route in ROUTES}


def gives(name: str) -> str:
    """The schema of what the call `name` answers."""
    return _BY_NAME[name].gives


def request_line(name: str, places: dict[str, str]) -> tuple[str, str]:
    """Method and path, `PREFIX` and all, of the call `name`, its places filled and escaped."""
    method, path = next(_BY_NAME[name].requests())
    for place, value in places.items():
        path = re.sub(f"<(path:)?{place}>", quote(value, safe=""), path)
    return method, PREFIX + path
