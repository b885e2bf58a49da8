"""One patch for the process: which thread may start a mock, and which threads it answers."""

import threading
from collections.abc import Callable

import pytest
import requests

from mockserver.adapters.interception import ActiveElsewhere
from mockserver.model.errors import MockServerError
from tests.adapters.intercepting import active, ask, mock_of


def run(call: Callable[[], None]) -> list[Exception]:
    """Return what a call raises in a thread of its own."""
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


def test_second_thread_may_stop_a_mock_and_not_start_one() -> None:
    first, second = mock_of("vendor.test", "first"), mock_of("vendor.test", "second")
    first.start()
    (error,) = run(second.start)
    assert isinstance(error, ActiveElsewhere)
    assert isinstance(error, MockServerError)
    assert threading.current_thread().name in str(error)
    assert "'second'" in str(error)
    second.stop()
    assert ask("https://vendor.test/") == "first"
    assert run(first.stop) == []
    assert run(second.start) == []
    assert ask("https://vendor.test/") == "second"
    with pytest.raises(ActiveElsewhere, match="'second'"):
        first.start()
    second.stop()


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


def test_threads_are_answered_while_mocks_start_and_stop() -> None:
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
