"""The admin API as an OpenAPI 3.1 document, from the route table and `schemas.yaml`."""

import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mockserver.admin.admin_auth import PREFIX
from mockserver.admin.admin_request import Route
from mockserver.model.version import VERSION

_SCHEMAS = Path(__file__).with_name("schemas.yaml")
_PARAMETER = re.compile(r"<(?:path:)?(\w+)>")
_ABOUT = """Controls a running mock: its clock, stubs, faults, accounts, tokens and journal.

Every path also exists below `/ns/{namespace}`, with a state of its own. If the server has an admin
token, send it in `Authorization: Bearer`; otherwise only programs on the same machine are
answered. An absent body is `{}`."""


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the document; a call's summary is the docstring of the function that answers it."""
    import yaml  # noqa: PLC0415 - needed here only, and slow to import

    declared = yaml.safe_load(_SCHEMAS.read_text(encoding="utf-8"))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        for method, path in route.requests():
            at = paths.setdefault(PREFIX + _PARAMETER.sub(r"{\1}", path), {})
            at[method.lower()] = {
                **_about(route, (method, path)),
                **_sent(route, path, declared),
                "responses": _answers(route),
            }
    return {
        "openapi": "3.1.0",
        "info": {"title": "token-mockserver", "version": VERSION, "description": _ABOUT},
        "security": [{}, {"admin": []}],
        "paths": paths,
        "components": {
            "schemas": declared["schemas"],
            "securitySchemes": {"admin": {"type": "http", "scheme": "bearer"}},
        },
    }


def _about(route: Route, request: tuple[str, str]) -> dict[str, Any]:
    # The id of an operation is unique: of several requests the first one has it.
    named = {"operationId": route.name} if request == next(route.requests()) else {}
    text = (inspect.getdoc(route.answer) or "").partition("\n\n")[0]
    return {**named, "tags": [route.name.partition(".")[0]], "summary": " ".join(text.split())}


def _sent(route: Route, path: str, declared: dict[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    in_path = [(name, "path") for name in _PARAMETER.findall(path)]
    parameters = [*in_path, *((name, "query") for name in route.query)]
    if parameters:
        sent["parameters"] = [
            {"name": name, "in": where, "required": where == "path", "schema": schema}
            for name, where in parameters
            for schema in [declared["parameters"][name]]
        ]
    if route.takes or route.schema:
        required = declared["required"].get(route.name, [])
        content = _json(_body(route, declared["fields"], required))
        sent["requestBody"] = {"content": content, "required": bool(required)}
    return sent


def _body(route: Route, fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    if route.schema:
        return _ref(route.schema)
    return {
        "type": "object",
        "properties": {
            spelled: schema
            for name in route.takes
            for spelled, schema in _spellings(name, fields[name])
        },
        "required": required,
        "additionalProperties": False,
    }


def _spellings(name: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield name, schema
    spelled = re.sub("_(.)", lambda letter: letter[1].upper(), name)
    if spelled != name:
        yield spelled, {**schema, "description": f"Another spelling of {name}."}


def _answers(route: Route) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    is_json = "/" not in route.gives
    content = _json(_ref(route.gives)) if is_json else {route.gives: {}}
    answers = {
        str(route.status): {"description": "Done.", "content": content},
        "default": {"description": "The cause of the error.", "content": problem},
    }
    if route.unavailable:
        unavailable = _json(_ref(route.unavailable))
        answers["503"] = {"description": "The store cannot be used.", "content": unavailable}
    return answers


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}
