"""The values that the console's templates show, made from the responses of `/__admin`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.admin.journal_calls import misses_of
from mockserver.console.page_call import PageCall, clock_text
from mockserver.console.request_rows import outcome_of, row_of, rows_of
from mockserver.emulator.journal_entry import Entry
from mockserver.model.defects import DEFECTS
from mockserver.model.errors import ERROR_STATUSES, Refusal
from mockserver.model.http import Fault

PER_PAGE = 200
"""Requests or tokens on one page."""

_STATES = (("broken", "Broken"), ("kept", "Kept"), ("not-exercised", "Not exercised"))
_OUTCOMES = ("ok", "refused", "broken")


def landing(call: PageCall) -> dict[str, Any]:
    """Return the vendors with addresses, credentials and one curl line each."""
    vendors = call.admin("vendors.listed")["vendors"]
    declared = {vendor.name: vendor for vendor in call.engine.vendors}
    for vendor in vendors:
        vendor["credentials"] = _flat(vendor["credentials"])
        arguments = declared[vendor["name"]].curl.format(
            base_url=vendor["base_url"], admin_url=f"{call.own.root}/__admin", admin_header=""
        )
        pages = declared[vendor["name"]].pages
        paths = [each.paths[0] for each in pages if each.method == "GET"]
        vendor["pages"] = [path for path in paths if "<" not in path]
        vendor["curl"] = f"curl -sS {arguments}"
    return {"vendors": vendors, "address": call.own.root}


def requests(call: PageCall) -> dict[str, Any]:
    """Return the newest requests that the filter accepts, and the links to older ones."""
    journal = call.own.entries
    chosen = {name: call.query.get(name, "") for name in ("vendor", "outcome", "unmatched")}
    entries = [entry for entry in reversed(journal) if _is_wanted(entry, chosen)]
    page, pages = _page(call, len(entries))
    shown = entries[page * PER_PAGE : (page + 1) * PER_PAGE]
    return {
        "rows": rows_of(call, shown),
        "total": len(entries),
        "page": page,
        "pages": pages,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "filter_query": urlencode({name: value for name, value in chosen.items() if value}),
        "newest": journal[-1].id if journal else "",
        "vendors": [vendor.name for vendor in call.engine.vendors],
        "outcomes": _OUTCOMES,
        "example": landing(call)["vendors"],
        "dropped": call.engine.state.journal.dropped,
    }


def request(call: PageCall) -> dict[str, Any]:
    """Return one request with its response and its near misses."""
    entry_id = call.query.get("id", "")
    shown = call.admin("requests.one", id=entry_id)
    entry = call.engine.state.journal.get(entry_id)
    misses = [] if entry is None or entry.matched else misses_of(call.own, [entry])
    tokens = {each["id"]: each for each in call.admin("tokens.listed")["tokens"]}
    row = row_of(call, shown["request"], entry_id, "")
    return {
        "entry": shown,
        "row": row,
        "misses": misses,
        "token": tokens.get(shown["request"]["tokenId"]),
    }


def tokens(call: PageCall) -> dict[str, Any]:
    """Return the issued tokens and codes, newest first."""
    listed = call.admin("tokens.listed")["tokens"]
    page, pages = _page(call, len(listed))
    shown = listed[page * PER_PAGE : (page + 1) * PER_PAGE]
    for token in shown:
        token["issued_text"] = clock_text(token["issued"])
        token["expires_text"] = token["expires"] and clock_text(token["expires"])
    accounts = {each["id"]: each for each in call.admin("accounts.listed")["accounts"]}
    return {
        "tokens": shown,
        "total": len(listed),
        "page": page,
        "pages": pages,
        "accounts": accounts,
        "vendors": [vendor.name for vendor in call.engine.vendors],
        "defects": DEFECTS,
    }


def clock(_: PageCall) -> dict[str, Any]:
    """Return the steps of the buttons that advance the clock; every page shows the time itself."""
    return {"steps": (("+ 30 s", "30s"), ("+ 15 m", "15m"), ("+ 30 m", "30m"), ("+ 1 d", "1d"))}


def faults(call: PageCall) -> dict[str, Any]:
    """Return the stubs, each with the number of requests that it answered."""
    answered = [entry.stub for entry in call.own.entries]
    listed = call.admin("mappings.listed")["mappings"]
    return {
        "stubs": [_stub(stub, answered.count(stub["id"])) for stub in listed],
        "endpoints": [
            (vendor.name, [endpoint.name for endpoint in vendor.endpoints])
            for vendor in call.engine.vendors
        ],
        "faults": list(Fault),
        "statuses": sorted(ERROR_STATUSES),
    }


def verdicts(call: PageCall) -> dict[str, Any]:
    """Return the verdicts on token clients: broken rules, kept ones, and those not exercised."""
    if not call.engine.state.judged:
        return {"off": True}
    listed = call.admin("verdicts.listed")["verdicts"]
    groups = [
        (state, title, [each for each in listed if each["state"] == state])
        for state, title in _STATES
    ]
    return {"groups": groups, "seen": len(call.own.entries)}


def contract(call: PageCall) -> dict[str, Any]:
    """Return each vendor's endpoints with the evidence of each statement."""
    vendors = []
    for vendor in call.engine.vendors:
        document = call.admin("vendors.openapi", vendor=vendor.name)
        vendors.append(
            {
                "name": vendor.name,
                "about": document["info"].get("description", ""),
                "operations": _operations(document),
            }
        )
    return {"vendors": vendors}


def _operations(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "name": operation.get("operationId", ""),
            "summary": operation.get("summary", ""),
            "evidence": _evidence(operation),
            "answers": [
                (
                    status,
                    _resolved(document, answer).get("description", ""),
                    _evidence(_resolved(document, answer)),
                )
                for status, answer in operation.get("responses", {}).items()
            ],
        }
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "delete", "patch")
    ]


def _evidence(part: Mapping[str, Any]) -> Mapping[str, str]:
    found = part.get("x-evidence")
    return {"tag": "", "source": "", "note": "", **(found if isinstance(found, Mapping) else {})}


def _resolved(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = part.get("$ref", "")
    if not reference.startswith("#/"):
        return part
    found: Any = document
    for name in reference[2:].split("/"):
        found = found[name]
    return {**found, **{key: value for key, value in part.items() if key != "$ref"}}


def _is_wanted(entry: Entry, chosen: Mapping[str, str]) -> bool:
    if chosen["vendor"] and entry.routed.vendor != chosen["vendor"]:
        return False
    if chosen["unmatched"] and entry.matched:
        return False
    return chosen["outcome"] in ("", outcome_of(entry.status))


def _page(call: PageCall, total: int) -> tuple[int, int]:
    """Return the number of the requested page, from 0, and how many there are."""
    pages = max(1, -(-total // PER_PAGE))
    text = call.query.get("page", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Refusal("page must be a whole number")
    return min(int(text), pages - 1), pages


def _flat(credentials: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return credentials as pairs; a table of logins gives one for each login."""
    pairs: list[tuple[str, str]] = []
    for name, value in credentials.items():
        pairs += value.items() if isinstance(value, Mapping) else [(name, str(value))]
    return pairs


def _stub(stub: Mapping[str, Any], answered: int) -> dict[str, Any]:
    ours = stub.get("metadata", {}).get("token-mockserver", {})
    response, request = stub.get("response", {}), stub.get("request", {})
    where = " ".join(filter(None, (ours.get("vendor"), ours.get("endpoint"))))
    url = next((str(request[key]) for key in request if key.startswith("url")), "")
    return {
        "id": stub["id"],
        "name": stub.get("name", ""),
        "where": where or f"{request.get('method', 'ANY')} {url}".strip(),
        "effect": _effect(ours, response),
        "phase": ours.get("phase", "before"),
        "times": ours.get("times"),
        "skip": ours.get("skip"),
        "answered": answered,
    }


def _effect(ours: Mapping[str, Any], response: Mapping[str, Any]) -> str:
    parts = []
    if "error" in ours:
        parts.append(f"the vendor's own error {ours['error']}")
    if "fault" in response:
        parts.append(str(response["fault"]))
    elif "status" in response:
        parts.append(f"status {response['status']}")
    if "fixedDelayMilliseconds" in response:
        parts.append(f"{response['fixedDelayMilliseconds']} ms later")
    if "delayDistribution" in response:
        parts.append("later, by chance")
    return ", ".join(parts) or "its own answer"
