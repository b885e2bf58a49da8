"""A cache between client and mock stores what it stores of a server's answers."""

from email.utils import formatdate
from typing import Any

import requests
from cachecontrol import CacheControl

from mockserver.model.http import Request, Response
from tests.adapters.intercepting import both


def test_cachecontrol_stores_an_answer() -> None:
    seen: list[str] = []

    def answer(request: Request) -> Response:
        seen.append(request.path)
        fields = ("Cache-Control", "max-age=60"), ("Date", formatdate(usegmt=True))
        return Response(200, fields, f"{len(seen)}".encode())

    def use(url: str) -> list[Any]:
        seen.clear()
        with CacheControl(requests.Session()) as session:
            answers = [session.get(f"{url}{path}") for path in ("/a", "/a", "/b", "/a")]
            return [(each.text, getattr(each, "from_cache", None)) for each in answers]

    here, there = both(answer, use)
    assert here == there == [("1", False), ("1", True), ("2", False), ("1", True)]
