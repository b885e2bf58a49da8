"""All texts that show a state, and all spellings of a secret to look for in them."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from mockserver.admin.admin_request import Route
from mockserver.admin.application import Application
from mockserver.admin.routes import ROUTES
from mockserver.emulator.engine import Engine
from mockserver.testing.journal_control import Requests
from tests.engine_client import admin, content

CANARY = 'c4nary/x+y=z "q"'
PLAIN = "c4nary-without-signs"
MARK = "b3nign"
"""Stands beside each canary, and shows that the field is shown at all."""

OPEN = ("tokens.mint", "accounts.add", "vendors.act", "vendors.listed", "vendors.openapi")
"""Calls whose response must contain a secret: a new one, or a public one."""

PATTERNS: list[dict[str, Any]] = [
    {},
    {"method": "PATCH", "urlPath": "/no/such/path", "headers": {"X-Odd": {"absent": True}}},
    {"headers": {"Authorization": {"contains": "x"}, "api-key": {"matches": "x"}}},
    {"queryParameters": {"token": {"equalTo": "x"}, "odd": {"equalTo": "x"}}, "url": "/x"},
    {"bodyPatterns": [{"equalToJson": {}}, {"matchesJsonPath": "$.x"}, {"contains": "\x00"}]},
]
_BODIES = {"near.of_pattern": PATTERNS, "requests.wait": [{"timeout": 0}]}
_RESETS = ("mappings.reset", "requests.reset", "server.reset")


def shown(engine: Engine) -> Iterator[tuple[str, str]]:
    """Yield every source of a text with the text: failing assertions, and calls of the admin API.

    Every call of the route table is made; calls that change or remove something come last.
    """
    yield from asserted(engine)
    calls = [
        (route, *line) for route in ROUTES if route.name not in OPEN for line in route.requests()
    ]
    yield from _answers(engine, sorted(calls, key=_stage))


def _stage(call: tuple[Route, str, str]) -> int:
    route, method, _ = call
    if route.name == "requests.remove":  # the response shows the removed requests
        return 1
    return 2 if method in ("PUT", "DELETE") or route.name in _RESETS else 0


def _answers(engine: Engine, calls: Iterable[tuple[Route, str, str]]) -> Iterator[tuple[str, str]]:
    for route, method, path in calls:
        bodies = _BODIES.get(route.name, [{}])
        for filled in _filled(engine, path):
            for body in bodies:
                answer = admin(engine, f"{method} {filled}", json=body)
                yield f"{method} {path}", answer.body.decode(errors="replace")


def _filled(engine: Engine, path: str) -> list[str]:
    """Return the path with three existing names as its parameter, and with an unknown one."""
    place = re.search("<.*>", path)
    if place is None:
        return [path]
    listed = path.split("/")[1]
    there = content(admin(engine, f"GET /{listed}"))[listed][:3]
    words = [str(each.get("id") or each["name"]) for each in there]
    return [path.replace(place[0], quote(word, safe="")) for word in (*words, MARK)]


def asserted(engine: Engine) -> Iterator[tuple[str, str]]:
    """Yield the texts of failing assertions."""
    requests = Requests(Application(lambda _: engine).call)
    for pattern in PATTERNS:
        try:
            requests.assert_called(pattern=pattern, times=999)
        except AssertionError as error:
            yield "assert_called", str(error)
    try:
        requests.assert_no_unmatched()
    except AssertionError as error:
        yield "assert_no_unmatched", str(error)
    yield "all", repr(requests.all())


def spellings(secret: str) -> set[str]:
    """Return the forms in which a secret may occur in a text."""
    plain = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return plain | {json.dumps(text)[1:-1] for text in (*plain, json.dumps(secret)[1:-1])}


def leaks(shown: Iterable[tuple[str, str]], *secrets: str) -> list[tuple[str, str]]:
    """Return each source that shows one of the secrets, with the text around it."""
    spelled = set[str]().union(*map(spellings, secrets))
    return [
        (where, text[max(text.index(spelling) - 60, 0) :][:200])
        for where, text in shown
        for spelling in spelled
        if spelling in text
    ]


def coded(text: str) -> str:
    """Return a text in base64."""
    return b64encode(text.encode()).decode()


def jwt(**claims: object) -> str:
    """Return a token with these claims that no vendor signed."""
    parts = [coded(json.dumps(part)).rstrip("=") for part in ({"alg": "HS256"}, claims)]
    return ".".join([*parts, "c2ln"])
