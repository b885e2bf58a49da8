"""A route of the admin API, and one request to it."""

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from mockserver.admin.serializers import Serializer
from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.emulator.engine import Engine
from mockserver.emulator.journal_entry import Entry, resends
from mockserver.emulator.namespaces import Namespaces
from mockserver.emulator.state import State
from mockserver.model.errors import Refusal
from mockserver.model.http import Request
from mockserver.model.redaction import Redactor
from mockserver.model.request_content import json_object
from mockserver.model.vendor import Vendor
from mockserver.wiremock.pattern_fields import parse_pattern
from mockserver.wiremock.request_pattern import RequestPattern

_DEEPEST = 100  # nested objects and arrays: what is stored must be serializable again


@dataclass(eq=False)
class AdminRequest:
    """One call of the admin API, made over HTTP or in the process.

    Attributes:
        content: The request with headers and body, its path without namespace and prefix.
        parameters: The values of the path's `<parameters>`.
        engine: The engine of the namespace that the call is for.
        namespaces: All namespaces of the application.
        namespace: The name of the engine's namespace; "" for the default one.
        takes: The fields that the body may have, as the route declares them.
        certificates: The server's certificates; None for a call in the process.
    """

    content: Request
    parameters: Mapping[str, str]
    engine: Engine
    namespaces: Namespaces
    namespace: str = ""
    takes: Collection[str] = ()
    certificates: ServerCertificates | None = None

    @property
    def state(self) -> State:
        """The state that the call reads or changes."""
        return self.engine.state

    def transaction(self) -> AbstractContextManager[object]:
        """Run a block as one transaction on the store."""
        return self.engine.transaction()

    @cached_property
    def redactor(self) -> Redactor:
        """The state's redactor; secrets are collected once for each call that needs it."""
        return self.state.redactor.remember_known()

    @cached_property
    def entries(self) -> list[Entry]:
        """The journal, the oldest entry first; it is read once for each call that needs it."""
        return self.state.journal.all()

    @cached_property
    def show(self) -> Serializer:
        """The serializer of journal entries."""
        prefixes = {vendor.name: vendor.token_prefix for vendor in self.engine.vendors}
        return Serializer(self.redactor, self.base_path, prefixes, resends(self.entries))

    @property
    def root(self) -> str:
        """The URL under which the engine is reached."""
        return f"http://{self.content.headers.get('host')}{self.base_path}"

    @property
    def base_path(self) -> str:
        """The path under which the engine is reached: "" or "/ns/<name>"."""
        return f"/ns/{self.namespace}" if self.namespace else ""

    def vendor(self, name: object, *, status: int = 400) -> Vendor[Any]:
        """Return the vendor called `name`.

        Raises:
            Refusal: No vendor has this name. The refusal has the HTTP status `status`.
        """
        for vendor in self.engine.vendors:
            if vendor.name == name:
                return vendor
        names = ", ".join(vendor.name for vendor in self.engine.vendors)
        raise Refusal(f"vendor must be one of {names}", status=status)

    def vendor_at_path(self) -> Vendor[Any]:
        """Return the vendor that the path names, or refuse with 404."""
        return self.vendor(self.parameters["vendor"], status=404)

    def body(self) -> dict[str, Any]:
        """Return the body as a JSON object, `{}` for an empty body."""
        if not self.content.body.strip():
            return {}
        body = json_object(self.content)
        _check_serializable(body)
        return body

    def arguments(self, known: Collection[str] | None = None) -> dict[str, Any]:
        """Return the body's fields; a field that is null counts as absent.

        A field may be spelled in camel case, too: `expiresIn` is `expires_in`.

        Args:
            known: The fields that are accepted; by default those that the route declares.

        Raises:
            Refusal: The body has another field.
        """
        known = self.takes if known is None else known
        arguments: dict[str, Any] = {}
        for spelled, value in self.body().items():
            name = spelled if spelled in known else _snake_case(spelled)
            if name not in known:
                raise Refusal(f"{spelled} is not a field of this call; known: {', '.join(known)}")
            if arguments.get(name) is not None and value is not None:
                raise Refusal(f"{name} is given twice, in two spellings")
            if value is not None:
                arguments[name] = value
        return arguments

    def pattern(self, value: Any, where: str = "") -> RequestPattern:
        """Return a request pattern parsed from JSON.

        Args:
            value: The JSON value.
            where: The name of the field that contains it, for errors; "" for the whole body.

        Raises:
            Refusal: The pattern is wrong, or names a vendor or an endpoint that does not exist.
        """
        pattern = parse_pattern(value, where)
        self.check_address(value.get("vendor"), value.get("endpoint"))
        return pattern

    def check_address(self, vendor: object, endpoint: object) -> None:
        """Refuse a vendor or an endpoint that does not exist, because no request would match it."""
        vendors = self.engine.vendors if vendor is None else [self.vendor(vendor)]
        names = dict.fromkeys(each.name for vendor in vendors for each in vendor.endpoints)
        if endpoint not in (None, *names):
            raise Refusal(f"endpoint must be one of {', '.join(names)}")

    def query(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None."""
        return parse_qs(self.content.query).get(name, [None])[-1]

    def limit(self, default: int | None = None) -> int | None:
        """Return the query parameter `limit`, the maximum number of values in the response.

        Raises:
            Refusal: It is not a whole number of at most nine digits.
        """
        text = self.query("limit")
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise Refusal("limit must be a whole number of at most nine digits")
        return int(text)


class Route(NamedTuple):
    """One call of the admin API.

    Attributes:
        name: The name of the call, "clock.advance"; its operation id in the OpenAPI document.
        answer: The function that returns the JSON value of the response. It raises Refusal,
            ControlError or MockServerError.
        lines: Method and path below the prefix; the clients of this package use the first.
        takes: The fields of its body.
        schema: The schema of its body, instead of `takes`.
        gives: The schema of its response; a media type if that is not JSON, and `answer` returns a
            Response.
        status: The status of its response.
        unavailable: The schema of its response with status 503, if it is not that of a problem.
        query: Its query parameters.
    """

    name: str
    answer: Callable[[AdminRequest], Any]
    lines: tuple[str, ...]
    takes: tuple[str, ...] = ()
    schema: str = ""
    gives: str = "Nothing"
    status: int = 200
    unavailable: str = ""
    query: tuple[str, ...] = ()

    def requests(self) -> Iterator[tuple[str, str]]:
        """Yield each method with its path."""
        for line in self.lines:
            method, _, path = line.partition(" ")
            yield method, path


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _check_serializable(body: Any) -> None:
    """Refuse JSON that cannot be sent back: too deep, or with a number like 1e999."""
    level, depth = [body], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise Refusal(f"the body is nested deeper than {_DEEPEST} levels")
        if any(isinstance(value, float) and math.isinf(value) for value in level):
            raise Refusal("a number in the body is too large")
        level = [inner for value in level for inner in _inside(value)]


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
