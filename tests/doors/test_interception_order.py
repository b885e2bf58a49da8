"""Starting and stopping in any order, from threads too, leaves nothing behind."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter

from mockserver.core.errors import MockServerError
from mockserver.core.http import Request, Response
from mockserver.doors.interception import ActiveElsewhere
from mockserver.doors.responses import Interception
from tests.doors.intercepting import active, ask, mock_of, saying
from tests.doors.served import Served


def methods() -> tuple[object, ...]:
    """What a mock takes the place of."""
    return (
        HTTPAdapter.send,
        HTTPAdapter.get_connection_with_tls_context,
        responses.RequestsMock._on_request,
    )


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before = methods()
    yield
    assert methods() == before


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Served(saying("network")) as server:
        yield f"{server.url}/"


def test_stop_restores_what_start_replaced() -> None:
    before = methods()
    mock = mock_of("vendor.test")
    mock.start()
    assert all(old is not new for old, new in zip(before, methods(), strict=True))
    mock.stop()
    assert methods() == before
    mock.stop()  # once more does no harm


def test_an_exception_restores_too() -> None:
    before = methods()
    with pytest.raises(LookupError), active(mock_of("vendor.test")):
        raise LookupError
    assert methods() == before


@given(st.permutations(range(4)))
def test_ours_stop_in_any_order(order: list[int]) -> None:
    before = methods()
    mocks = [mock_of("vendor.test", str(number)) for number in range(4)]
    left = []
    for number, mock in enumerate(mocks):
        mock.start()
        left.append(number)
    for number in order:
        assert ask("https://vendor.test/") == str(left[-1])
        mocks[number].stop()
        left.remove(number)
    assert methods() == before


def test_a_mock_can_be_started_in_the_middle_of_others_and_stopped_last(url: str) -> None:
    first, second = mock_of("127.0.0.1", "first"), mock_of("127.0.0.1", "second")
    first.start()
    second.start()
    first.stop()
    assert ask(url) == "second"
    first.start()
    assert ask(url) == "first"
    second.stop()
    assert ask(url) == "first"
    first.stop()
    assert ask(url) == "network"


def start(ours: bool) -> Callable[[], object]:
    """Start a mock, ours or one of theirs; what stops it."""
    if ours:
        mock = mock_of("127.0.0.1")
        mock.start()
        return mock.stop
    theirs = responses.RequestsMock(assert_all_requests_are_fired=False)
    theirs.start()
    return theirs.stop


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[bool], list[int]]:
    """Which of several mocks are ours, in the order of their start, and which stops when.

    Theirs among themselves stop last in, first out: `responses` can do nothing else.
    """
    kinds = draw(st.lists(st.booleans(), min_size=1, max_size=6))
    order = draw(st.permutations(range(len(kinds))))
    theirs = sorted(number for number in order if not kinds[number])
    return kinds, [number if kinds[number] else theirs.pop() for number in order]


@given(histories())
def test_no_vendor_request_reaches_the_network_in_any_order_of_theirs_and_ours(
    url: str, history: tuple[list[bool], list[int]]
) -> None:
    kinds, order = history
    before = methods()
    stops = [start(ours) for ours in kinds]
    active_ours = sum(kinds)
    for number in order:
        stops[number]()
        active_ours -= kinds[number]
        if active_ours:
            assert ask(url) == "ours"
    assert ask(url) == "network"
    assert methods() == before


def test_theirs_around_ours_may_stop_first(url: str) -> None:
    theirs = responses.RequestsMock()
    theirs.start()
    with active(mock_of("127.0.0.1", passthrough=False)):
        theirs.stop()
        assert ask(url) == "ours"
        assert ask(url.replace("127.0.0.1", "localhost")) == "refused"
        with active(mock_of("vendor.test")):
            assert ask(url) == "ours"


def test_ours_around_theirs_may_stop_first(url: str) -> None:
    mock = mock_of("127.0.0.1")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as theirs:
        mock.start()
        with responses.RequestsMock(assert_all_requests_are_fired=False):
            mock.stop()
            assert ask(url) == "refused"
        theirs.get(url, "theirs")
        assert ask(url) == "theirs"


def test_a_stopped_mock_is_not_kept_by_who_lies_on_top() -> None:
    class Answer:
        def __call__(self, _: Request) -> Response:
            raise AssertionError

    answer = Answer()
    gone = weakref.ref(answer)
    mock = Interception(answer, "vendor.test".__eq__)
    mock.start()
    with responses.RequestsMock():
        mock.stop()
        del mock, answer
        gc.collect()
        assert gone() is None
    assert ask("http://127.0.0.1:1/") != "ours"


def run(call: Callable[[], None]) -> list[Exception]:
    """What a call raises in a thread of its own."""
    raised: list[Exception] = []

    def target() -> None:
        try:
            call()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=target, name="second")
    thread.start()
    thread.join()
    return raised


def test_a_second_thread_cannot_start_one() -> None:
    with active(mock_of("vendor.test", "first")):
        (error,) = run(mock_of("vendor.test", "second").start)
        assert isinstance(error, ActiveElsewhere)
        assert isinstance(error, MockServerError)
        assert threading.current_thread().name in str(error)
        assert "'second'" in str(error)
        assert ask("https://vendor.test/") == "first"


def test_a_thread_that_was_refused_may_start_one_later() -> None:
    first, second = mock_of("vendor.test", "first"), mock_of("vendor.test", "second")
    first.start()
    assert run(second.start)
    second.stop()
    assert ask("https://vendor.test/") == "first"
    first.stop()
    assert run(second.start) == []
    assert ask("https://vendor.test/") == "second"
    with pytest.raises(ActiveElsewhere, match="'second'"):
        first.start()
    second.stop()


def test_another_thread_may_stop_it() -> None:
    mock = mock_of("vendor.test")
    mock.start()
    assert run(mock.stop) == []


def test_threads_see_the_mock() -> None:
    found: list[str] = []
    go = threading.Event()

    def target() -> None:
        go.wait(10)
        found.append(requests.get("https://vendor.test/").text)

    before = threading.Thread(target=target)
    before.start()
    with active(mock_of("vendor.test")):
        inside = threading.Thread(target=target)
        inside.start()
        go.set()
        before.join()
        inside.join()
    assert found == ["ours", "ours"]


def test_requests_go_on_in_threads_while_mocks_come_and_go() -> None:
    over = threading.Event()
    wrong: list[object] = []

    def target() -> None:
        while not over.is_set():
            if (said := ask("https://vendor.test/")) not in ("0", "1", "2", "3"):
                wrong.append(said)

    with active(mock_of("vendor.test", "0")):
        threads = [threading.Thread(target=target) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(100):
            mocks = [mock_of("vendor.test", str(number)) for number in (1, 2, 3)]
            for mock in mocks:
                mock.start()
            for mock in mocks:
                mock.stop()
        over.set()
        for thread in threads:
            thread.join()
    assert wrong == []
