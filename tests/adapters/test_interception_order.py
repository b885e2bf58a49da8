"""Starting and stopping in any order, ours and theirs, leaves nothing behind."""

import gc
import inspect
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import pytest
import requests
import responses
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter

from mockserver.adapters.late_imports import AfterImport
from mockserver.adapters.requests import Interception
from mockserver.model.http import Request, Response
from tests.adapters.intercepting import active, ask, mock_of, saying
from tests.adapters.served import AnswerServer

ROOT = Path(__file__).parents[2]


def methods() -> tuple[Callable[..., object], ...]:
    """Return what a mock replaces."""
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
    with AnswerServer(saying("network")) as server:
        yield f"{server.url}/"


def test_stop_restores_what_start_replaced() -> None:
    before = methods()
    signatures = [inspect.signature(method) for method in before]
    mock = mock_of("vendor.test")
    with suppress(LookupError), active(mock), active(mock):
        assert all(old is not new for old, new in zip(before, methods(), strict=True))
        assert [inspect.signature(method) for method in methods()] == signatures
        raise LookupError
    assert methods() == before
    mock.stop()  # once more does no harm


@settings(max_examples=24)
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


def test_mock_can_be_started_again_among_others_and_stopped_last(url: str) -> None:
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
    """Start a mock, ours or one of theirs; return what stops it."""
    if ours:
        mock = mock_of("127.0.0.1")
        mock.start()
        return mock.stop
    theirs = responses.RequestsMock(assert_all_requests_are_fired=False)
    theirs.start()
    return theirs.stop


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[bool], list[int]]:
    """Return which of several mocks are ours, in order of their start, and the order of their end.

    Theirs among themselves stop last in, first out: `responses` can do nothing else.
    """
    kinds = draw(st.lists(st.booleans(), min_size=1, max_size=6))
    order = draw(st.permutations(range(len(kinds))))
    theirs = sorted(number for number in order if not kinds[number])
    return kinds, [number if kinds[number] else theirs.pop() for number in order]


@given(histories())
def test_vendor_is_answered_in_any_order_of_theirs_and_ours(
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


def test_stopped_mock_is_not_kept_by_one_above_it() -> None:
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


def test_adapter_may_be_imported_inside_a_mock_of_theirs() -> None:
    code = (
        "import requests, responses\n"
        "with responses.RequestsMock(assert_all_requests_are_fired=False):\n"
        "    from tests.adapters.intercepting import active, ask, mock_of\n"
        "    with active(mock_of('vendor.test')):\n"
        "        assert ask('https://vendor.test/') == 'ours'\n"
        "with active(mock_of('vendor.test')):\n"
        "    assert ask('https://vendor.test/') == 'ours'\n"
        "    with active(mock_of('127.0.0.1', 'inner')):\n"
        "        assert ask('http://127.0.0.1:1/') == 'inner'\n"
        "assert ask('http://127.0.0.1:1/') != 'refused'\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=ROOT)


def test_responses_may_be_imported_inside_a_mock_of_ours() -> None:
    code = (
        "import sys, requests\n"
        "from requests.adapters import HTTPAdapter\n"
        "from mockserver import TokenMock\n"
        "vendor, finders = 'https://platform-server/ds-api/', list(sys.meta_path)\n"
        "with TokenMock() as outer, TokenMock() as inner:\n"
        "    assert 'responses' not in sys.modules\n"
        "    import responses\n"
        "    assert responses.__spec__.loader is responses.__loader__ is not None\n"
        "    assert type(responses.__loader__) is type(requests.__loader__)\n"
        "    with responses.RequestsMock() as theirs:\n"
        "        assert requests.get(vendor).status_code == 200\n"
        "        assert inner.requests.count() == 1 and len(theirs.calls) == 0\n"
        "        theirs.add_passthru('https://platform-server')\n"
        "        try:\n"
        "            requests.get(vendor, timeout=5)\n"
        "        except requests.ConnectionError as error:\n"
        "            assert 'not a vendor' not in str(error)\n"
        "        else:\n"
        "            raise AssertionError('it did not go to the network')\n"
        "before = HTTPAdapter.send, responses.RequestsMock._on_request\n"
        "assert sys.meta_path == finders, sys.meta_path\n"
        "with TokenMock():\n"
        "    assert responses.RequestsMock._on_request is not before[1]\n"
        "assert (HTTPAdapter.send, responses.RequestsMock._on_request) == before\n"
        "assert 'mockserver' not in before[0].__module__ + before[1].__module__\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=ROOT)


def test_users_may_patch_over_ours() -> None:
    with active(mock_of("vendor.test")):
        with patch.object(HTTPAdapter, "send", autospec=True) as send:
            send.side_effect = LookupError
            with pytest.raises(LookupError):
                requests.get("https://vendor.test/")
        assert ask("https://vendor.test/") == "ours"


def test_actions_after_imports_disturb_no_other_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    acted: list[str] = []
    action = AfterImport("colorsys", lambda: acted.append("colorsys"))

    class StopsTheMock:
        """A finder that is asked while a mock in another thread stops."""

        def find_spec(self, *_: object) -> None:
            action.cancel()

    for module in ("colorsys", "wave"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    action.begin()
    spec = find_spec("colorsys")
    assert spec is not None
    assert getattr(spec.loader, "get_source")("colorsys")  # noqa: B009 - not of every loader
    sys.meta_path.insert(sys.meta_path.index(PathFinder), StopsTheMock())
    assert import_module("wave").__name__ == "wave"
    assert action.find_spec("colorsys", None) is None
    import_module("colorsys")
    assert acted == []
