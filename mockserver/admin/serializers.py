"""The JSON of requests and stubs without secrets: WireMock's, with additional fields."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.emulator.journal_entry import Entry
from mockserver.model.clock import iso
from mockserver.model.http import Headers, Pairs, Request, Response, RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.model.token_registry import token_id
from mockserver.wiremock.request_values import quoted, shown_body, shown_octets, url_of
from mockserver.wiremock.stub_mapping import Stub, to_mapping

_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?", re.ASCII)
_PROSE = ("name", "metadata")  # fields of a stub that people write strings in


@dataclass(eq=False)
class Serializer:
    """Makes the JSON of journal entries.

    Attributes:
        redact: The redactor of the state.
        base_path: The path under which the engine is reached, "" or "/ns/<name>".
        prefixes: By vendor, the prefix before the JWT in its tokens.
        resent: By the number of an entry, the one that it repeats after a fault.
    """

    redact: Redactor
    base_path: str
    prefixes: Mapping[str, str]
    resent: Mapping[int, Entry]

    def entry(self, entry: Entry) -> dict[str, Any]:
        """Return an entry of the journal with its request and response."""
        return {
            "id": entry.id,
            "request": self.request(entry),
            "responseDefinition": self._response(entry.response),
            "wasMatched": entry.matched,
            "subEvents": [],
        }

    def request(self, entry: Entry) -> dict[str, Any]:
        """Return the request of an entry; the fields that WireMock does not have are last."""
        return {
            **self._routed(entry.routed),
            "loggedDate": entry.microseconds // 1000,
            "loggedDateString": iso(entry.at),
            "vendor": entry.routed.vendor,
            "endpoint": entry.routed.endpoint,
            "status": entry.status,
            "reason": self._reason(entry),
            "tokenId": self._token_id(entry),
            "resendOf": self.resent[entry.number].id if entry.number in self.resent else None,
        }

    def _reason(self, entry: Entry) -> str | None:
        """Return why the vendor refused; for a repeated request, also that a response was lost."""
        before = self.resent.get(entry.number)
        if entry.reason is None or before is None:
            return None if entry.reason is None else self.redact.text(entry.reason)
        elapsed = (entry.microseconds - before.microseconds) / 1000
        lost = f"The same request arrived {elapsed:g} ms before; a stub broke its answer."
        return f"{self.redact.text(entry.reason)} {lost}"

    def _routed(self, routed: RoutedRequest) -> dict[str, Any]:
        request = routed.request
        url, octets = self._url(request), shown_octets(routed, self.redact)
        host = self.redact.text(request.headers.get("host") or "")
        return {
            "url": url,
            "absoluteUrl": f"{request.scheme}://{host}{self.base_path}{'' if url == '*' else url}",
            "method": request.method,
            "clientIp": request.peer,
            "headers": _joined(self.redact.headers(request.headers.pairs)),
            "cookies": {},
            "browserProxyRequest": False,
            "body": shown_body(routed, self.redact),
            "bodyAsBase64": base64.b64encode(octets).decode(),
            "bodyLength": len(request.body) if routed.cut_from is None else routed.cut_from,
            "bodyTruncated": routed.cut_from is not None,
        }

    def _url(self, request: Request) -> str:
        sent, mark, query = url_of(request).partition("?")
        path = self.redact.body(request.path)
        is_clean = path == request.path and self.redact.body(sent) == sent
        return f"{sent if is_clean else quoted(path)}{mark}{self.redact.query(query)}"

    def _response(self, response: Response) -> dict[str, Any]:
        octets = self.redact.octets(
            response.body, Headers(response.headers).get("content-encoding")
        )
        shown: dict[str, Any] = {
            "status": response.status,
            "headers": _joined(self.redact.headers(response.headers)),
            "body": octets.decode(errors="replace"),
        }
        if response.fault:
            shown["fault"] = response.fault.value
        return shown

    def _token_id(self, entry: Entry) -> str | None:
        """Return the id of the token that was sent, or else of the one that was issued.

        A vendor's prefix is part of its tokens, whether it was sent or not.
        """
        request = entry.routed.request
        sent = [value for _, value in request.headers.pairs]
        for text in (*sent, request.query, entry.response.body.decode(errors="replace")):
            match = _JWT.search(text)
            if match:
                prefix = self._prefix(entry.routed.vendor, text[: match.start()])
                return token_id(prefix + match[0])
        return None

    def _prefix(self, vendor: str | None, before: str) -> str:
        """Return the prefix of the vendor's tokens; without a vendor, the one that was sent."""
        if vendor is not None:
            return self.prefixes[vendor]
        return max(filter(before.endswith, self.prefixes.values()), key=len, default="")


def shown_stub(stub: Stub, redact: Redactor) -> dict[str, Any]:
    """Return the mapping of a stub."""
    mapping = to_mapping(stub)
    shown: dict[str, Any] = redact.json(mapping)
    for name in filter(mapping.__contains__, _PROSE):
        shown[name] = redact.json(mapping[name], prose=True)
    encoded = mapping.get("response", {}).get("base64Body")
    if encoded is not None and redact.octets(body := base64.b64decode(encoded)) != body:
        shown["response"]["base64Body"] = redact.tag(encoded)
    return shown


def _joined(pairs: Pairs) -> dict[str, str]:
    """Return header fields by name, as first spelled; values of equal names are joined."""
    names = {name.lower(): name for name, _ in reversed(pairs)}
    joined = Headers(pairs)
    return {name: joined.get(name) or "" for name in reversed(names.values())}
