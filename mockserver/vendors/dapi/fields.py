"""Fields of a request's JSON body."""

from mockserver.model.body import json_object
from mockserver.model.errors import Refusal
from mockserver.model.http import Request


def text_fields(request: Request, *names: str) -> list[str]:
    """The values of the required text fields `names`.

    One that is missing or null: 422 `PARAMETER_MISSING`. One that is empty or of another type:
    400 `PARAMETER_ERROR` (P).
    """
    body = json_object(request)
    for name in names:
        if body.get(name) is None:
            raise Refusal(f"{name} is required.", status=422, kind="PARAMETER_MISSING")
    return [_text(name, body[name]) for name in names]


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Refusal(f"{name} must be a text that is not empty.", kind="PARAMETER_ERROR")
    return value
