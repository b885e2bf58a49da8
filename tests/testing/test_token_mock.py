"""What only the mock in the process has: hosts, options, decorators."""

import asyncio
import unittest
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import requests

from mockserver import TokenMock, TokenServer, create_app, mock_tokens
from mockserver.model.errors import ConfigurationError

HEALTH = "https://platform-server/ds-api/"


def test_real_hosts_of_vendors_are_answered() -> None:
    with TokenMock() as mock:
        for vendor in mock.vendors.values():
            for host in vendor.hosts:
                assert requests.get(f"https://{host}/nothing").status_code == 404
        assert [entry.vendor for entry in mock.requests.unmatched()].count("dstor") == 2


def test_hosts_and_settings_can_be_added() -> None:
    options: dict[str, dict[str, object]] = {
        "datasentinel": {"info_auth": "optional"},
        "dstor": {"hosts": ["a.test"]},
    }
    hosts = {"datasentinel": ["ds.example.org"], "dstor": ["b.test"]}
    with TokenMock(settings=options, hosts=hosts) as mock:
        token = mock.mint("datasentinel")
        url = f"https://ds.example.org/ds-api/user-token?token={token}"
        assert requests.get(url).status_code == 200
        assert mock.datasentinel.hosts == ("platform-server", "ds.example.org")
        assert mock.dstor.hosts[2:] == ("a.test", "b.test")
    with pytest.raises(ConfigurationError, match="dstor"):
        TokenMock(hosts={"dstor": "a.test"})


@pytest.mark.parametrize(
    "settings", [{"nobody": {}}, {"dstor": {"ttl": 1}}, {"dstor": {"default_ttl": "1"}}]
)
def test_wrong_settings_are_refused_by_name(settings: dict[str, dict[str, object]]) -> None:
    with pytest.raises(ConfigurationError, match=r"nobody|ttl"):
        TokenMock(settings=settings)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (TokenMock, "passthrough"),
        *((each, "verdicts") for each in (TokenMock, TokenServer, create_app)),
        (TokenServer, "offline"),
    ],
)
def test_a_text_is_not_taken_for_true(make: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be True or False, not 'false'"):
        make(**{name: "false"})


@pytest.mark.parametrize(
    ("port", "error"),
    [("7401", TypeError), (True, TypeError), (-1, ValueError), (65536, ValueError)],
)
def test_what_is_not_a_port_is_an_error_at_once(port: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"port must be a number from 0 to 65535, not {port!r}"):
        TokenServer(port=port)


def test_decorates_functions_and_coroutines() -> None:
    """Each call of a decorated function begins anew; inside its mock it keeps the state."""
    mock = TokenMock()

    @mock_tokens
    def bare() -> int:
        return requests.get(HEALTH).status_code

    @mock
    def count(number: int) -> tuple[int, int]:
        requests.get(HEALTH)
        return number, mock.requests.count()

    @mock_tokens(freeze=0)
    async def coroutine() -> str | None:
        await asyncio.sleep(0)
        return requests.get(HEALTH).headers["Date"]

    assert bare() == 200
    assert [count(5), count(6)] == [(5, 1), (6, 1)]
    assert asyncio.run(coroutine()) == "Thu, 01 Jan 1970 00:00:00 GMT"
    with mock:
        token = mock.mint("dstor")
        before = mock.requests.count()
        assert [count(1), count(1)] == [(1, before + 1), (1, before + 2)]
        assert mock.explain("dstor", token).accepted
    assert count(1) == (1, 1)
    assert not mock.explain("dstor", token).accepted


def test_decorates_the_test_methods_of_classes() -> None:
    """Also inherited, static and class methods."""

    class Base:
        def test_inherited(self) -> int:
            return requests.get(HEALTH).status_code

        def helper(self) -> str:
            return "as it was"

    class Case(Base):
        @staticmethod
        def test_static() -> int:
            return requests.get(HEALTH).status_code

        @classmethod
        def test_class(cls) -> int:
            return requests.get(HEALTH).status_code

    case = mock_tokens(Case)()
    assert [case.test_inherited(), case.test_static(), case.test_class()] == [200] * 3
    assert Base.test_inherited is not Case.test_inherited
    assert Case.helper is Base.helper


@pytest.mark.parametrize("kind", [unittest.TestCase, unittest.IsolatedAsyncioTestCase])
@pytest.mark.parametrize("inherited", [False, True])
def test_set_up_and_tear_down_of_unittest_are_inside(
    kind: type[unittest.TestCase], *, inherited: bool
) -> None:
    seen: list[tuple[str, int]] = []
    mock = TokenMock()

    class Case(kind):  # type: ignore[valid-type, misc]
        def ask(self, name: str) -> None:
            assert requests.get(HEALTH).status_code == 200
            seen.append((name, mock.requests.count()))

        def setUp(self) -> None:
            self.addCleanup(self.ask, "cleaned up")
            self.ask("set up")

        def tearDown(self) -> None:
            self.ask("torn down")

        def test_one(self) -> None:
            self.ask("one")

        def test_two(self) -> None:
            self.ask("two")

        @unittest.skip("to be seen as skipped")
        def test_zero(self) -> None: ...

    class Heir(Case): ...

    case = mock(Case)
    loaded = unittest.defaultTestLoader.loadTestsFromTestCase(Heir if inherited else case)
    outcome = loaded.run(unittest.TestResult())
    assert (outcome.errors, outcome.failures, len(outcome.skipped)) == ([], [], 1)
    each = [("set up", 1), ("one", 2), ("torn down", 3), ("cleaned up", 4)]
    assert seen == [*each, each[0], ("two", 2), *each[2:]]
    seen.clear()
    case("test_one").debug()
    assert seen == each


@mock_tokens
class TestUnderPytest(unittest.TestCase):
    def setUp(self) -> None:
        self.status = requests.get(HEALTH).status_code

    def test_set_up_was_inside(self) -> None:
        assert self.status == requests.get(HEALTH).status_code == 200


def test_generator_cannot_be_decorated() -> None:
    def generator() -> Iterator[None]:
        yield

    async def asynchronous() -> AsyncIterator[None]:
        yield

    for function in (generator, asynchronous):
        with pytest.raises(TypeError, match="inside it"):
            mock_tokens(function)
    with pytest.raises(TypeError, match="not as '2030-01-01'"):
        mock_tokens("2030-01-01")  # type: ignore[call-overload]


def test_mocks_share_nothing() -> None:
    first, second = TokenMock(), TokenMock()
    with first:
        requests.get(HEALTH)
    assert (first.requests.count(), second.requests.count()) == (1, 0)
    token = first.mint("dstor")
    assert second.explain("dstor", token).reason == "bad-signature"


def test_clock_is_frozen_from_the_start_and_after_a_reset() -> None:
    mock = TokenMock(freeze="2026-01-01T00:00:00Z")
    for _ in range(2):
        assert mock.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"
        mock.clock.advance(days=1)
        mock.reset()
