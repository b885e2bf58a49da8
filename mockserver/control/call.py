"""One call of the control interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from mockserver.core.body import json_object
from mockserver.core.errors import Refusal
from mockserver.core.http import Request
from mockserver.core.vendor import Vendor
from mockserver.engine.engine import Engine
from mockserver.engine.namespaces import Namespaces
from mockserver.engine.state import State


@dataclass(frozen=True, slots=True)
class ControlCall:
    """A request to the control interface, the places of its path, and what it controls.

    `namespace`: the name of the engine among the namespaces; "" for everybody's.
    """

    request: Request
    parameters: Mapping[str, str]
    engine: Engine
    namespaces: Namespaces
    namespace: str

    @property
    def state(self) -> State:
        """The state that is controlled."""
        return self.engine.state

    @property
    def root(self) -> str:
        """The address under which this engine is reached."""
        path = f"/ns/{self.namespace}" if self.namespace else ""
        return f"http://{self.request.headers.get('host')}{path}"

    def vendor(self, name: object) -> Vendor[Any]:
        """The vendor with this name. Refused (404) if there is none."""
        for vendor in self.engine.vendors:
            if vendor.name == name:
                return vendor
        names = ", ".join(vendor.name for vendor in self.engine.vendors)
        raise Refusal(f"there is no such vendor; there are {names}", status=404)

    def body(self) -> dict[str, Any]:
        """The body as a JSON object, `{}` where there is none."""
        return json_object(self.request) if self.request.body.strip() else {}

    def arguments(self, *known: str) -> dict[str, Any]:
        """The body's fields; null counts as absent. Refused: a field that is not `known`."""
        body = self.body()
        for name in body:
            if name not in known:
                raise Refusal(f"{name} is no field of this call; known: {', '.join(known)}")
        return {name: value for name, value in body.items() if value is not None}

    def query(self, name: str) -> str | None:
        """The last value of a query parameter, or None."""
        return parse_qs(self.request.query).get(name, [None])[-1]
