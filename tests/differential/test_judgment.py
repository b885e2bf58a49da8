"""A pattern that both accept has the same meaning here as in WireMock 3.13."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from mockserver import TokenServer
from tests.clients.wiremock.npm import installed, needed
from tests.differential.differences import DIFFERENCES, Difference
from tests.differential.grammar import CASES
from tests.differential.judges import Judge, PatternCase, wiremock

PAGE = (Path(__file__).parents[2] / "docs" / "wiremock.md").read_text(encoding="utf-8")
KNOWN_KINDS = {
    "placeholder": (
        PatternCase(
            {"bodyPatterns": [{"equalToJson": '{"a":"${json-unit.any-number}"}'}]}, body=b'{"a":1}'
        ),
        True,
    ),
    "filter of an object": (
        PatternCase({"bodyPatterns": [{"matchesJsonPath": "$[?(@.a == 1)]"}]}, body=b'{"a":1}'),
        True,
    ),
    "number as text": (
        PatternCase(
            {"bodyPatterns": [{"matchesJsonPath": "$.a[?(@.b == '1')]"}]}, body=b'{"a":[{"b":1}]}'
        ),
        True,
    ),
    "joined header": (
        PatternCase({"headers": {"A": {"equalTo": "a, b"}}}, headers=(("A", "a"), ("A", "b"))),
        False,
    ),
}
JUDGED: Counter[str] = Counter()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    (jar,) = installed(tmp_path_factory.mktemp("npm")).glob("wiremock/build/*.jar")
    with wiremock(jar, needed("java")) as judge:
        yield judge


@pytest.fixture(scope="module")
def here() -> Iterator[Judge]:
    with TokenServer() as server, closing(Judge(int(server.url.rpartition(":")[2]))) as judge:
        yield judge


@settings(
    max_examples=1500,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(case=CASES)
def test_generated_cases_are_judged_alike(here: Judge, there: Judge, case: PatternCase) -> None:
    assume(not any(difference.applies(case) for difference in DIFFERENCES))
    expected, actual = there.judge(case), here.judge(case)
    if isinstance(expected, str) or isinstance(actual, str):
        JUDGED["refused"] += 1
        return
    JUDGED[str(expected)] += 1
    assert actual == expected


def test_most_generated_cases_are_accepted_and_many_match() -> None:
    """The generated cases mean something only if both outcomes are frequent."""
    total = sum(JUDGED.values())
    assert JUDGED["refused"] < total / 3
    assert JUDGED["True"] > total / 6
    assert JUDGED["False"] > total / 6


@pytest.mark.parametrize("kind", KNOWN_KINDS)
def test_known_kinds_are_judged_as_wiremock_does(here: Judge, there: Judge, kind: str) -> None:
    case, expected = KNOWN_KINDS[kind]
    assert here.judge(case) == there.judge(case) == expected


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.title[:30])
def test_a_listed_difference_is_one(here: Judge, there: Judge, difference: Difference) -> None:
    assert difference.title in PAGE
    assert difference.applies(difference.example)
    assert here.judge(difference.example) != there.judge(difference.example)
