"""Requests and stubs as they are shown, without secrets: WireMock's JSON, and ours in it."""

import base64
import re
from typing import Any

from mockserver.emulator.journal import Entry
from mockserver.model.clock import iso
from mockserver.model.http import Fault, Headers, Pairs, Request, Response, RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.model.token_registry import token_id
from mockserver.wiremock.request_pattern import UNSURE, shown_body
from mockserver.wiremock.request_values import body_text, is_compressed, quoted, url_of
from mockserver.wiremock.stub_mapping import Stub, to_mapping

_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?", re.ASCII)
_WORDS = ("name", "metadata")  # of a stub: what people say of it


def shown_entry(entry: Entry, redact: Redactor, place: str) -> dict[str, Any]:
    """An entry with its request and answer."""
    return {
        "id": entry.id,
        "request": shown_request(entry, redact, place),
        "responseDefinition": _shown_response(entry.response, redact),
        "wasMatched": entry.matched,
        "subEvents": [],
    }


def shown_stub(stub: Stub, redact: Redactor) -> dict[str, Any]:
    """A stub as its mapping."""
    mapping = to_mapping(stub)
    words = {name: redact.json(mapping[name], prose=True) for name in _WORDS if name in mapping}
    return {**redact.json(mapping), **words}


def shown_request(entry: Entry, redact: Redactor, place: str) -> dict[str, Any]:
    """A request that was noted; what WireMock does not have stands last.

    `place`: the path under which the engine is reached, "" or "/ns/<name>".
    """
    return {
        **_shown_arrival(entry.routed, redact, place),
        "loggedDate": entry.microseconds // 1000,
        "loggedDateString": iso(entry.at),
        "vendor": entry.routed.vendor,
        "endpoint": entry.routed.endpoint,
        "status": _status(entry.response),
        "reason": None if entry.reason is None else redact.text(entry.reason),
        "tokenId": _token_id(entry),
    }


def _status(response: Response) -> int:
    """What the client saw; 0 where the connection broke before it saw one."""
    broken = response.fault not in (None, Fault.MALFORMED_RESPONSE_CHUNK)
    return 0 if broken else response.status


def _shown_arrival(routed: RoutedRequest, redact: Redactor, place: str) -> dict[str, Any]:
    request = routed.request
    url, body = _shown_url(request, redact), shown_body(routed, redact)
    host = redact.text(request.headers.get("host") or "")
    return {
        "url": url,
        "absoluteUrl": f"{request.scheme}://{host}{place}{'' if url == '*' else url}",
        "method": request.method,
        "clientIp": request.peer,
        "headers": _joined(redact.headers(request.headers.pairs)),
        "cookies": {},
        "browserProxyRequest": False,
        "body": body,
        "bodyAsBase64": base64.b64encode(_octets(routed, body, redact)).decode(),
        "bodyLength": len(request.body) if routed.cut_from is None else routed.cut_from,
        "bodyTruncated": routed.cut_from is not None,
    }


def _octets(routed: RoutedRequest, shown: str, redact: Redactor) -> bytes:
    """The bytes that were sent, if nothing in them had to be redacted: else what is `shown`."""
    if is_compressed(routed.request):  # redaction cannot look into what was sent
        return shown.encode(errors="replace")
    sent, text = routed.request.body, body_text(routed.request)
    if routed.cut_from is not None:
        sent, text = sent[:-UNSURE], text[:-UNSURE]
    octets = sent.decode("latin-1")
    is_clean = shown == text and ("\ufffd" not in text or redact.body(octets) == octets)
    return sent if is_clean else shown.encode(errors="replace")


def _shown_url(request: Request, redact: Redactor) -> str:
    sent, mark, query = url_of(request).partition("?")
    path = redact.body(request.path)
    is_clean = path == request.path and redact.body(sent) == sent
    return f"{sent if is_clean else quoted(path)}{mark}{redact.query(query)}"


def _joined(pairs: Pairs) -> dict[str, str]:
    """Header fields by name, in the first spelling; one that came twice is one to every vendor."""
    names = {name.lower(): name for name, _ in reversed(pairs)}
    joined = Headers(pairs)
    return {name: joined.get(name) or "" for name in reversed(names.values())}


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
    request = entry.routed.request
    sent = [value for _, value in request.headers.pairs]
    for text in (*sent, request.query, entry.response.body.decode(errors="replace")):
        match = _TOKEN.search(text)
        if match:
            prefix = "JWT " if f"JWT {match[0]}" in text else ""
            return token_id(prefix + match[0])
    return None
