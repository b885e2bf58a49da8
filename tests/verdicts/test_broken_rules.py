"""For each rule clients that break it, and no other, in different manners."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from mockserver import TokenMock
from mockserver.verdicts.rules import RULES
from tests.verdicts import bad_clients  # noqa: F401 - adds stories
from tests.verdicts.bad_requests import STORIES, Story


def _broken(mock: TokenMock) -> set[str]:
    return {verdict.id for verdict in mock.verdicts() if verdict.state == "broken"}


def _each() -> Iterator[Any]:
    for rule, stories in STORIES.items():
        for number, story in enumerate(stories, 1):
            yield pytest.param(rule, story, id=f"{rule}-{number}")


@pytest.mark.parametrize(("rule", "story"), list(_each()))
def test_a_bad_client_breaks_one_rule_only(rule: str, story: Story) -> None:
    with TokenMock() as mock:
        story(mock)
        assert _broken(mock) == {rule}
        with pytest.raises(AssertionError, match=rule):
            mock.assert_verdicts()
        mock.assert_verdicts(ignore={rule: "a test"})  # type: ignore[dict-item]


@pytest.mark.parametrize("stub", [
    {"status": 429, "headers": {"Retry-After": "\u00b2"}},
    {"status": 307, "headers": {"Location": "http://localhost:99999/"}},
    {"jsonBody": {"data": {"token": jwt.encode({"exp": "soon"}, "k" * 32), "expires": 1}}},
])  # fmt: skip
def test_odd_responses_are_judged(token_mock: TokenMock, stub: dict[str, Any]) -> None:
    token_mock.stub({"vendor": "kitegateway", "response": stub})
    url = f"{token_mock.vendors['kitegateway'].base_url}/v1/auth/token"
    for _ in range(2):
        requests.post(url, json={"api_key": "2882jj2hh288282jj2"}, allow_redirects=False)
        token_mock.clock.advance(seconds=100)
    assert len(token_mock.verdicts()) == len(RULES)


def test_each_rule_is_broken_in_two_manners() -> None:
    elsewhere = {"stampede"}  # needs threads and a gate
    assert {rule.id for rule in RULES} - elsewhere == STORIES.keys()
    assert all(len(stories) > 1 for stories in STORIES.values())


def test_each_rule_has_a_section_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/rules.md").read_text()
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [rule.id for rule in RULES]
