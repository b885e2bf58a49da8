"""Everything that is shown of a state, and every spelling of a secret to look for in it."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from mockserver.control.front import Front
from mockserver.engine.engine import Engine
from mockserver.mock.requests import Requests
from mockserver.mock.sending import near
from tests.asking import content, control

CANARY = 'c4nary/x+y=z "q"'
PLAIN = "c4nary-without-signs"
MARK = "b3nign"
"""Stands beside each canary: shows that the place is shown at all."""

READS = [
    *("/health", "/version", "/settings", "/clock", "/tokens", "/accounts", "/requests"),
    *("/requests/unmatched", "/requests/unmatched/near-misses", "/mappings", "/scenarios"),
]
PATTERNS: list[dict[str, Any]] = [
    {},
    {"method": "PATCH", "urlPath": "/no/such/path", "headers": {"X-Odd": {"absent": True}}},
    {"headers": {"Authorization": {"contains": "x"}, "api-key": {"matches": "x"}}},
    {"queryParameters": {"token": {"equalTo": "x"}, "odd": {"equalTo": "x"}}, "url": "/x"},
    {"bodyPatterns": [{"equalToJson": {}}, {"matchesJsonPath": "$.x"}, {"contains": "\x00"}]},
]


def shown(engine: Engine) -> Iterator[tuple[str, str]]:
    """Where something is shown, and its text: all that control calls and assertions tell.

    The last call removes what the journal has.
    """
    for path in READS:
        yield f"GET {path}", control(engine, f"GET {path}").body.decode()
    for entry in content(control(engine, "GET /requests"))["requests"][:5]:
        yield "GET /requests/<id>", control(engine, f"GET /requests/{entry['id']}").body.decode()
    for stub in content(control(engine, "GET /mappings"))["mappings"]:
        yield "GET /mappings/<id>", control(engine, f"GET /mappings/{stub['id']}").body.decode()
    yield "find", control(engine, "POST /requests/find").body.decode()
    for pattern in PATTERNS:
        call = "POST /near-misses/request-pattern"
        yield call, control(engine, call, json=pattern).body.decode()
    yield from asserted(engine)
    yield "remove", control(engine, "POST /requests/remove").body.decode()


def asserted(engine: Engine) -> Iterator[tuple[str, str]]:
    """The texts of assertions that fail."""
    requests = Requests(near(Front(lambda: engine).answer))
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
    """A secret as it might stand in a text; of base64 what does not depend on its neighbours."""
    plain = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    escaped = {json.dumps(text)[1:-1] for text in (*plain, json.dumps(secret)[1:-1])}
    coded = set()
    for shift in range(3):
        octets = b"x" * shift + secret.encode()
        whole = len(octets) // 3 * 3
        for encode in (b64encode, urlsafe_b64encode):
            coded.add(encode(octets[:whole])[4 if shift else 0 :].decode())
    return plain | escaped | coded


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
