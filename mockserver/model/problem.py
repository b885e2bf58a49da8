"""Errors of our own HTTP interfaces: problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from mockserver.model.http import Response, json_text


def problem(status: int, detail: str, **more: Any) -> Response:
    """`application/problem+json`: title and status, `detail` for people, `more` members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    text = json_text({**body, "detail": detail, **more})
    return Response(status, (("Content-Type", "application/problem+json"),), text.encode())
