"""One call of the control interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.core.body import json_object
from mockserver.core.errors import Refusal
from mockserver.core.http import Request
from mockserver.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class ControlCall:
    """A request to the control interface, the places of its path, and what it controls."""

    request: Request
    parameters: Mapping[str, str]
    engine: Engine

    def arguments(self, *known: str) -> dict[str, Any]:
        """The body as a JSON object, `{}` where there is none; null counts as absent.

        Refused: a field that is not among `known`.
        """
        body = json_object(self.request) if self.request.body else {}
        for name in body:
            if name not in known:
                raise Refusal(f"{name} is no field of this call; known: {', '.join(known)}")
        return {name: value for name, value in body.items() if value is not None}
