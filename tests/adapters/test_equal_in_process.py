"""The doors in the process give the answers that the engine gives, byte for byte.

(The Flask door and the wire have tests of their own, with stranger requests.)
"""

from collections.abc import Callable

import httpx
import pytest
import requests

from mockserver import TokenMock
from mockserver.model.http import Headers, Request, Response
from tests.adapters.random_parts import RANDOM
from tests.sample_requests import sample_requests

Answer = tuple[int, list[tuple[str, str]], bytes]
Ask = Callable[[TokenMock, str, str, Request], Answer]


def by_requests(_mock: TokenMock, method: str, url: str, asked: Request) -> Answer:
    answer = requests.request(
        method, url, headers=dict(asked.headers.pairs), data=asked.body, timeout=5
    )
    return answer.status_code, list(answer.headers.items()), answer.content


def by_httpx(mock: TokenMock, method: str, url: str, asked: Request) -> Answer:
    with httpx.Client(transport=mock.httpx_transport()) as client:
        answer = client.request(method, url, headers=dict(asked.headers.pairs), content=asked.body)
        return answer.status_code, answer.headers.multi_items(), answer.content


def shown(status: int, headers: list[tuple[str, str]], body: bytes) -> Answer:
    """An answer without what is random, its headers in one letter case and order."""
    named = sorted((name.lower(), value) for name, value in headers)
    return status, [pair for pair in named if pair[0] != "content-length"], RANDOM.sub(b"*", body)


with TokenMock() as _mock:
    NAMES = sorted(sample_requests(_mock.engine))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ask", [by_requests, by_httpx])
def test_answers_are_equal(ask: Ask, name: str) -> None:
    with TokenMock(freeze="2026-01-01T00:00:00Z") as mock:
        host = mock.vendors[name.partition(".")[0]].hosts[0]
        plain = sample_requests(mock.engine)[name]
        hosted = Request(
            plain.method,
            plain.path,
            plain.query,
            Headers([*plain.headers.pairs, ("Host", host)]),
            plain.body,
        )
        expected: Response = mock.engine.answer(hosted)
        asked = sample_requests(mock.engine)[name]
        url = f"https://{host}{asked.path}?{asked.query}"
        got = ask(mock, asked.method, url, asked)
        wanted = expected.status, list(expected.headers), expected.body
        assert shown(*got) == shown(*wanted)
