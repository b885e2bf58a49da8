"""Everything that is shown of a state, and every spelling of a secret to look for in it."""

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
"""Stands beside each canary: shows that the place is shown at all."""

OPEN = ("tokens.mint", "accounts.add", "vendors.act", "vendors.listed", "vendors.openapi")
"""Calls whose answer is there to show a secret: of what they create, or a public one."""

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
    """Where something is shown, and its text: all that assertions and control calls tell.

    Every call of the table is made, those last that change or forget what there is to show.
    """
    yield from asserted(engine)
    calls = [
        (route, *line) for route in ROUTES if route.name not in OPEN for line in route.requests()
    ]
    yield from _answers(engine, sorted(calls, key=_stage))


def _stage(call: tuple[Route, str, str]) -> int:
    route, method, _ = call
    if route.name == "requests.remove":  # it shows what it removes
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
    """The paths, in their places three of what there is, and a word that names nothing."""
    place = re.search("<.*>", path)
    if place is None:
        return [path]
    listed = path.split("/")[1]
    there = content(admin(engine, f"GET /{listed}"))[listed][:3]
    words = [str(each.get("id") or each["name"]) for each in there]
    return [path.replace(place[0], quote(word, safe="")) for word in (*words, MARK)]


def asserted(engine: Engine) -> Iterator[tuple[str, str]]:
    """The texts of assertions that fail."""
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
    """A secret as it might stand in a text."""
    plain = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return plain | {json.dumps(text)[1:-1] for text in (*plain, json.dumps(secret)[1:-1])}


def leaks(shown: Iterable[tuple[str, str]], *secrets: str) -> list[tuple[str, str]]:
    """Where any of the secrets is shown, and the text around it."""
    spelled = set[str]().union(*map(spellings, secrets))
    return [
        (where, text[max(text.index(spelling) - 60, 0) :][:200])
        for where, text in shown
        for spelling in spelled
        if spelling in text
    ]


def coded(text: str) -> str:
    """A text in base64."""
    return b64encode(text.encode()).decode()


def jwt(**claims: object) -> str:
    """A token of nobody's, with these claims."""
    parts = [coded(json.dumps(part)).rstrip("=") for part in ({"alg": "HS256"}, claims)]
    return ".".join([*parts, "c2ln"])
