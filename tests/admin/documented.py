"""Comparison of the admin API's responses with its own OpenAPI document."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from mockserver.admin.openapi import document
from mockserver.admin.routes import ROUTES
from mockserver.model.http import Response
from tests.engine_client import content, header

DOCUMENT = document(ROUTES)


def operation_of(line: str) -> dict[str, Any]:
    """Return the operation that documents a call, such as "GET /tokens/<id>" in the route table."""
    method, _, path = line.partition(" ")
    path = path.replace("<path:", "{").replace("<", "{").replace(">", "}")
    found: dict[str, Any] = DOCUMENT["paths"][f"/__admin{path}"][method.lower()]
    return found


def check_documented(line: str, response: Response) -> None:
    """Raise an error unless the response to a call is as documented."""
    answers = operation_of(line)["responses"]
    documented = answers.get(str(response.status))
    assert documented or response.status >= 400, response.status
    media_type = header(response, "Content-Type") or ""
    described = (documented or answers["default"])["content"][media_type]
    if media_type.endswith("json"):
        fits(content(response), described["schema"]["$ref"])


def fits(value: Any, reference: str) -> None:
    """Raise ValidationError unless a value is valid by the schema."""
    _validator(reference).validate(value)


@cache
def _validator(reference: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": reference, "components": DOCUMENT["components"]})
