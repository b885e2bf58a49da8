"""The journal, as its calls tell of it."""

from typing import Any

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import (
    admin,
    ask,
    content,
    header,
)


def got(engine: Engine, line: str, **json: Any) -> Any:
    response = admin(engine, line, json=json)
    assert response.status == 200, content(response)
    return content(response)


def listed(engine: Engine, query: str = "") -> list[dict[str, Any]]:
    answer = got(engine, f"GET /requests{query}")
    assert answer["requestJournalDisabled"] is False
    entries: list[dict[str, Any]] = answer["requests"]
    return entries


def urls(engine: Engine, query: str = "") -> list[str]:
    return [entry["request"]["url"] for entry in listed(engine, query)]


def asked(engine: Engine, *paths: str) -> None:
    for path in paths:
        ask(engine, f"GET {path}")


def found(engine: Engine, **pattern: Any) -> list[dict[str, Any]]:
    answer = got(engine, "POST /requests/find", **pattern)
    assert answer["requestJournalDisabled"] is False
    count = got(engine, "POST /requests/count", **pattern)
    assert count == {"count": len(answer["requests"]), "requestJournalDisabled": False}
    requests: list[dict[str, Any]] = answer["requests"]
    return requests


BODY_LIKE = {"bodyPatterns": [{"equalTo": "z"}]}


def refused(response: Response, status: int = 400) -> str:
    assert response.status == status
    assert header(response, "Content-Type") == "application/problem+json"
    return str(content(response)["detail"])
