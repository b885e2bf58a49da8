"""One call of the control interface."""

import math
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Namespaces
from mockserver.emulator.state import State
from mockserver.model.body import json_object
from mockserver.model.errors import Refusal
from mockserver.model.http import Request
from mockserver.model.redaction import Redactor
from mockserver.model.vendor import Vendor
from mockserver.wiremock.request_pattern import RequestPattern, parse_pattern

_DEEPEST = 100  # objects and arrays in one another: what is kept must be shown again


class AdminRequest(NamedTuple):
    """A request to the control interface, the places of its path, and what it controls.

    `namespace`: the name of the engine among the namespaces; "" for everybody's. `takes`:
    the fields of its body, as the table of routes has them.
    """

    request: Request
    parameters: Mapping[str, str]
    engine: Engine
    namespaces: Namespaces
    namespace: str
    takes: Collection[str] = ()

    @property
    def state(self) -> State:
        """The state that is controlled."""
        return self.engine.state

    def together(self) -> AbstractContextManager[object]:
        """Let what is done inside be done at once or not at all, whoever else is at work."""
        return self.engine.current.together()

    @property
    def redactor(self) -> Redactor:
        """What takes secrets out of what is shown, those of all accounts of now among them."""
        return self.state.redactor.remember_known()

    @property
    def root(self) -> str:
        """The address under which this engine is reached."""
        return f"http://{self.request.headers.get('host')}{self.place}"

    @property
    def place(self) -> str:
        """The path under which this engine is reached: "" for everybody's."""
        return f"/ns/{self.namespace}" if self.namespace else ""

    def vendor(self, name: object, *, status: int = 400) -> Vendor[Any]:
        """The vendor that a field of the body names. Refused, with `status`, if there is none."""
        for vendor in self.engine.vendors:
            if vendor.name == name:
                return vendor
        names = ", ".join(vendor.name for vendor in self.engine.vendors)
        raise Refusal(f"vendor must be one of {names}", status=status)

    def vendor_at_path(self) -> Vendor[Any]:
        """The vendor whose name stands in the path. Refused (404) if there is none."""
        return self.vendor(self.parameters["vendor"], status=404)

    def body(self) -> dict[str, Any]:
        """The body as a JSON object, `{}` where there is none."""
        if not self.request.body.strip():
            return {}
        body = json_object(self.request)
        _check_showable(body)
        return body

    def arguments(self, known: Collection[str] | None = None) -> dict[str, Any]:
        """The body's fields; null counts as absent.

        Refused: a field that is not `known`, by default one that is not in the table of routes.
        """
        known = self.takes if known is None else known
        body = self.body()
        for name in body:
            if name not in known:
                raise Refusal(f"{name} is no field of this call; known: {', '.join(known)}")
        return {name: value for name, value in body.items() if value is not None}

    def pattern(self, value: Any, where: str = "") -> RequestPattern:
        """A request pattern. Refused: a vendor or an endpoint that does not exist."""
        pattern = parse_pattern(value, where)
        self.check_address(value.get("vendor"), value.get("endpoint"))
        return pattern

    def check_address(self, vendor: object, endpoint: object) -> None:
        """Refuse a vendor or an endpoint that does not exist: nothing would ever match it."""
        vendors = self.engine.vendors if vendor is None else [self.vendor(vendor)]
        names = dict.fromkeys(each.name for vendor in vendors for each in vendor.endpoints)
        if endpoint not in (None, *names):
            raise Refusal(f"endpoint must be one of {', '.join(names)}")

    def query(self, name: str) -> str | None:
        """The last value of a query parameter, or None."""
        return parse_qs(self.request.query).get(name, [None])[-1]


def _check_showable(body: Any) -> None:
    """Refuse what JSON can say and we could not answer: too deep, or a number like 1e999."""
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
