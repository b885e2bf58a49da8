"""Requests and stubs as they are shown, without secrets: WireMock's JSON, and ours in it."""

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.core.clock import iso
from mockserver.core.http import Pairs, Request, Response
from mockserver.core.redaction import Redactor
from mockserver.core.token_id import token_id
from mockserver.engine.journal import Entry
from mockserver.engine.matching.pattern import Arrival, url_of
from mockserver.engine.stubs.book import listed
from mockserver.engine.stubs.mapping import Stub

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)


def shown_entry(entry: Entry, redact: Redactor) -> dict[str, Any]:
    """An entry with its request and answer."""
    return {
        "id": entry.id,
        "request": shown_request(entry, redact),
        "responseDefinition": _shown_response(entry.response, redact),
        "wasMatched": entry.matched,
        "subEvents": [],
    }


def shown_stub(stub: Stub, redact: Redactor) -> dict[str, Any]:
    """A stub as its mapping."""
    shown: dict[str, Any] = redact.json(listed(stub))
    return shown


def shown_request(entry: Entry, redact: Redactor) -> dict[str, Any]:
    """A request that was noted; what WireMock does not have stands last."""
    return {
        **_shown_arrival(entry.arrival, redact),
        "loggedDate": (entry.at - _EPOCH) // timedelta(milliseconds=1),
        "loggedDateString": iso(entry.at),
        "vendor": entry.arrival.vendor,
        "endpoint": entry.arrival.endpoint,
        "status": entry.response.status,
        "reason": None if entry.reason is None else redact.text(entry.reason),
        "tokenId": _token_id(entry),
    }


def _shown_arrival(arrival: Arrival, redact: Redactor) -> dict[str, Any]:
    request = arrival.request
    url = _shown_url(request, redact)
    body = redact.field("body", request.body.decode(errors="replace"))
    return {
        "url": url,
        "absoluteUrl": f"http://{redact.text(request.headers.get('host') or '')}{url}",
        "method": request.method,
        "clientIp": request.peer,
        "headers": _joined(redact.headers(request.headers.pairs)),
        "cookies": {},
        "browserProxyRequest": False,
        "body": body,
        "bodyAsBase64": base64.b64encode(body.encode(errors="replace")).decode(),
    }


def _shown_url(request: Request, redact: Redactor) -> str:
    query = redact.query(request.query)
    return url_of(Request("", redact.body(request.path), query))


def _joined(pairs: Pairs) -> dict[str, str]:
    """Header fields by name; one that came twice is one, as it is to every vendor."""
    shown: dict[str, str] = {}
    for name, value in pairs:
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown


def _shown_response(response: Response, redact: Redactor) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "status": response.status,
        "headers": _joined(redact.headers(response.headers)),
        "body": redact.field("body", response.body.decode(errors="replace")),
    }
    if response.fault:
        shown["fault"] = response.fault.value
    return shown


def _token_id(entry: Entry) -> str | None:
    """The id of the token that was sent, or else of the one that was issued."""
    request = entry.arrival.request
    sent = [value for _, value in request.headers.pairs]
    for text in (*sent, request.query, entry.response.body.decode(errors="replace")):
        match = _TOKEN.search(text)
        if match:
            prefix = "JWT " if f"JWT {match[0]}" in text else ""
            return token_id(prefix + match[0])
    return None
