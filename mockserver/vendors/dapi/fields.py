"""Read the fields of a request's JSON body."""

from mockserver.model.body import json_object
from mockserver.model.errors import Refusal
from mockserver.model.http import Request


def text_fields(request: Request, *names: str | tuple[str, ...]) -> dict[str, str]:
    """Return the required text fields by name; of a tuple of names the first that was sent.

    Raises:
        Refusal: 422 `PARAMETER_MISSING` for a field that is missing or null, 400
            `PARAMETER_ERROR` for one that is empty or of another type (P).
    """
    body = json_object(request)
    sent = []
    for name in names:
        alternatives = (name,) if isinstance(name, str) else name
        found = next((each for each in alternatives if body.get(each) is not None), None)
        if found is None:
            message = f"{' or '.join(alternatives)} is required."
            raise Refusal(message, status=422, kind="PARAMETER_MISSING")
        sent.append(found)
    return {name: _text(name, body[name]) for name in sent}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Refusal(f"{name} must be a text that is not empty.", kind="PARAMETER_ERROR")
    return value
