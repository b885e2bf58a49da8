"""The rows of the list of requests: the values that they show, and the texts to copy."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from mockserver.admin.journal_calls import misses_of
from mockserver.console.page_call import PageCall, clock_text
from mockserver.emulator.journal_entry import Entry

_COMPARED = 20  # unmatched requests of a page

_TAG = re.compile(r"\[redacted:[^\]]*\]")
_LEFT_OUT = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "user-agent", "expect"}
)


def as_curl(request: Mapping[str, Any], account: Mapping[str, Any], root: str) -> str:
    """Return a curl command that sends a request again, with the built-in credentials.

    Args:
        request: The request as the journal shows it, without secrets.
        account: The vendor's built-in credentials; empty if the request reached no vendor.
        root: The address of this server, which replaces the request's own host.
    """
    known = {_plain(name): value for name, value in account.items() if isinstance(value, str)}
    parts = ["curl -sS"]
    if request["method"] != "GET":
        parts.append(f"-X {shlex.quote(request['method'])}")
    for name, value in request["headers"].items():
        if name.lower() not in _LEFT_OUT:
            parts.append(_header(name, value, known))
    if request["body"]:
        parts.append(f"--data-raw {_quoted(_body(request['body'], known))}")
    parts.append(_quoted(root + _filled_query(request["url"], known)))
    return " ".join(parts)


def as_assertion(request: Mapping[str, Any]) -> str:
    """Return a line for a test with the fixture `token_mock` that holds for a request."""
    if request["endpoint"]:
        where = f'"{request["vendor"]}", "{request["endpoint"]}"'
        return f"token_mock.requests.assert_called({where})"
    pattern = {"method": request["method"], "url": request["url"]}
    return f"token_mock.requests.assert_called(pattern={json.dumps(pattern)})"


def _header(name: str, value: str, known: Mapping[str, str]) -> str:
    if name.lower() == "authorization" and value.lower().startswith("basic "):
        password = known.get("password")
        user = known.get("user") or known.get("email")
        if user and password:
            return f"-u {_quoted(f'{user}:{password}')}"
    return f"-H {_quoted(f'{name}: {_filled(name, value, known)}')}"


def _filled(name: str, value: str, known: Mapping[str, str]) -> str:
    """Return the built-in credential of this name; in another value, $TOKEN for each secret."""
    return known.get(_plain(name)) or _TAG.sub("$TOKEN", value)


def _body(body: str, known: Mapping[str, str]) -> str:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return _filled_query(body, known) if "=" in body else _TAG.sub("$TOKEN", body)
    return json.dumps(_json(value, known))


def _json(value: Any, known: Mapping[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _json(each, known, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_json(each, known) for each in value]
    return _filled(name, value, known) if isinstance(value, str) else value


def _filled_query(url: str, known: Mapping[str, str]) -> str:
    path, mark, query = url.rpartition("?")
    pairs = [part.partition("=") for part in query.split("&")]
    filled = "&".join(
        f"{name}{equals}{quote(known[_plain(name)], safe='')}"
        if _plain(name) in known
        else f"{name}{equals}{value}"
        for name, equals, value in pairs
    )
    return _TAG.sub("$TOKEN", f"{path}{mark}{filled}")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _quoted(text: str) -> str:
    """Return a string for a POSIX shell, which puts the value of $TOKEN into it."""
    return (
        '"$TOKEN"'.join(shlex.quote(part) if part else "" for part in text.split("$TOKEN")) or "''"
    )


def rows_of(call: PageCall, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the row of each entry, as the list of requests shows it."""
    nearest = _nearest(call, [entry for entry in entries if not entry.matched])
    shown = [(entry, call.own.show.request(entry)) for entry in entries]
    return [
        row_of(call, request, entry.id, "" if entry.matched else _hint(nearest, request))
        for entry, request in shown
    ]


def row_of(call: PageCall, request: Mapping[str, Any], entry_id: str, hint: str) -> dict[str, Any]:
    """Return the row of a request.

    Args:
        call: The request for the page.
        request: The request in the form of `/__admin`, without secrets.
        entry_id: The id of its journal entry.
        hint: The text that follows the URL; "" for none.
    """
    vendors = {vendor.name: vendor for vendor in call.engine.vendors}
    vendor = vendors.get(request["vendor"] or "")
    account = vendor.accounts[0] if vendor is not None and vendor.accounts else {}
    at_vendor = (
        f"/{vendor.name}" if vendor is not None and not _has_prefix(request, vendor.name) else ""
    )
    return {
        "id": entry_id,
        "time": clock_text(request["loggedDateString"]),
        "method": request["method"],
        "url": request["url"],
        "vendor": request["vendor"] or "",
        "endpoint": request["endpoint"] or "",
        "status": request["status"],
        "kind": outcome_of(request["status"]),
        "reason": request["reason"] or "",
        "hint": hint,
        "token": request["tokenId"] or "",
        "curl": as_curl(request, account, call.own.root + at_vendor),
        "assertion": as_assertion(request),
    }


def _has_prefix(request: Mapping[str, Any], vendor: str) -> bool:
    return str(request["url"]).startswith(f"/{vendor}/")


def _nearest(call: PageCall, unmatched: Sequence[Entry]) -> dict[tuple[str, str], str]:
    """Return the endpoint or stub nearest to each unmatched request, by method and URL.

    The comparison with every endpoint and stub is slow, and a defective client sends many equal
    requests. Only the newest `_COMPARED` requests that differ are compared.
    """
    differing = {
        (entry.routed.request.method, entry.routed.path): entry for entry in unmatched[::-1]
    }
    newest = list(differing.values())[-_COMPARED:]
    found: dict[tuple[str, str], str] = {}
    for miss in misses_of(call.own, newest):
        mapping, request = miss["stubMapping"], miss["request"]
        wanted = mapping.get("request", {})
        where = wanted.get("urlPath") or wanted.get("url") or mapping.get("name") or "a stub"
        text = f"{wanted.get('method', '')} {where}".strip()
        name = mapping.get("name")
        named = f"{text} ({name})" if name and name not in text else text
        found.setdefault((request["method"], request["url"]), named)
    return found


def _hint(nearest: Mapping[tuple[str, str], str], request: Mapping[str, Any]) -> str:
    near = nearest.get((request["method"], request["url"]))
    return "matched nothing" + (f"; nearest: {near}" if near else "")


def outcome_of(status: int) -> str:
    """Return the term for a status: ok, refused (4xx), or broken (5xx, or no response at all)."""
    if status == 0 or status >= 500:
        return "broken"
    return "refused" if status >= 400 else "ok"
