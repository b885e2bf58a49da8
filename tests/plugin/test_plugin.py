"""Fixtures, marker and ini settings, each in a pytest of its own."""

import pytest

from mockserver import TokenServer

HEALTH = "https://platform-server/ds-api/"


def run(pytester: pytest.Pytester, test: str, *flags: str, ini: str = "") -> pytest.RunResult:
    """Return the outcome of a file of tests."""
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makepyfile(f"import pytest, requests\nHEALTH = {HEALTH!r}\n{test}")
    return pytester.runpytest_subprocess("-W", "error", *flags)


def test_token_mock_is_fresh_for_each_test(pytester: pytest.Pytester) -> None:
    test = """
@pytest.mark.parametrize("time", [1, 2])
def test(token_mock, time):
    assert requests.get(HEALTH).ok
    assert token_mock.requests.count() == 1
"""
    run(pytester, test).assert_outcomes(passed=2)


def test_each_vendor_is_a_fixture(pytester: pytest.Pytester) -> None:
    test = """
def test(token_mock, dapi, datasentinel, dstor, kitegateway):
    assert dapi is token_mock.dapi
    assert requests.get(datasentinel.base_url + "/ds-api/").ok
    assert (dstor.name, kitegateway.name) == ("dstor", "kitegateway")
"""
    run(pytester, test).assert_outcomes(passed=1)


def test_the_marker_takes_options_and_the_nearest_wins(pytester: pytest.Pytester) -> None:
    test = """
pytestmark = pytest.mark.token_mock(freeze="2020-01-01T00:00:00Z", passthrough=False)

def test_module(token_mock, token_server):
    assert token_mock.clock.now().year == token_server.clock.now().year == 2020
    with pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1:1/")

@pytest.mark.token_mock(freeze="2021-01-01T00:00:00Z")
def test_function(token_mock):
    assert token_mock.clock.now().year == 2021
"""
    run(pytester, test, "--strict-markers").assert_outcomes(passed=2)


SETTINGS = """
URL = "/ds-api/user-token"

def status(server):
    token = server.mint("datasentinel")
    return requests.get(server.datasentinel.base_url + URL, params={"token": token}).status_code

@pytest.mark.token_mock(
    settings={"datasentinel": {"info_auth": "optional"}},
    hosts={"dstor": ["a.test"]},
    freeze="2026-01-01T00:00:00Z",
    seed=7,
)
def test_with_options(token_server):
    assert status(token_server) == 200
    assert token_server.dstor.hosts[-1] == "a.test"
    assert token_server.clock.now().year == 2026

def test_without(token_server):
    assert status(token_server) == 401
    assert "a.test" not in token_server.dstor.hosts

@pytest.mark.token_mock(setings={})
def test_misspelt(token_server): ...
"""


def test_the_options_are_those_of_token_server_too(pytester: pytest.Pytester) -> None:
    outcome = run(pytester, SETTINGS)
    outcome.assert_outcomes(passed=2, errors=1)
    outcome.stdout.fnmatch_lines(["*setings*"])


def test_a_server_that_runs_elsewhere_has_its_own_settings(pytester: pytest.Pytester) -> None:
    with TokenServer() as server:
        outcome = run(pytester, SETTINGS, ini=f"token_mock_server_url = {server.url}")
    outcome.assert_outcomes(passed=1, errors=2)
    outcome.stdout.fnmatch_lines(["*settings*hosts*seed*token_mock_server_url*"])


@pytest.mark.parametrize("path", ["/ns/team", "/ns/team/"])
def test_the_running_server_may_be_named_by_a_namespace(
    pytester: pytest.Pytester, path: str
) -> None:
    with TokenServer() as server:
        ini = f"token_mock_server_url = {server.url}{path}"
        run(pytester, SERVER, ini=ini).assert_outcomes(passed=3)


UNMATCHED = """
def test(token_mock):
    assert requests.get("https://platform-server/ds-api/userstoken").status_code == 404
"""


def test_a_vendor_request_that_matches_nothing_fails_its_test(pytester: pytest.Pytester) -> None:
    outcome = run(pytester, UNMATCHED)
    outcome.assert_outcomes(failed=1)
    lines = outcome.stdout.str()
    assert lines.count("https://platform-server/ds-api/userstoken") == 1
    assert "datasentinel token_info" in lines
    assert '@pytest.mark.token_mock(unmatched="ignore")' in lines


def test_unmatched_requests_can_be_ignored(pytester: pytest.Pytester) -> None:
    run(pytester, UNMATCHED, ini="token_mock_unmatched = ignore").assert_outcomes(passed=1)
    assert run(pytester, UNMATCHED, ini="token_mock_unmatched = maybe").ret != 0


IGNORING = """
def call():
    requests.get("https://platform-server/ds-api/userstoken")

@pytest.mark.token_mock(unmatched="ignore")
def test_ignored(token_mock):
    call()

@pytest.mark.token_mock(unmatched="error")
def test_looked_at(token_mock):
    call()

@pytest.mark.token_mock(unmatched="maybe")
def test_misspelled(token_mock): ...
"""


@pytest.mark.parametrize(("choice", "failed"), [("error", 1), ("ignore", 1)])
def test_a_mark_decides_about_unmatched_requests_of_its_test(
    pytester: pytest.Pytester, choice: str, failed: int
) -> None:
    outcome = run(pytester, IGNORING, ini=f"token_mock_unmatched = {choice}")
    outcome.assert_outcomes(passed=1, failed=failed, errors=1)
    outcome.stdout.fnmatch_lines(["*unmatched*must be error or ignore*"])


NOT_PASSED = """
def call():
    requests.get("https://platform-server/ds-api/userstoken")

def test_skipped(token_mock):
    call()
    pytest.skip("not today")

@pytest.mark.xfail(strict=True)
def test_expected_to_fail(token_mock):
    call()
    raise AssertionError

@pytest.mark.xfail(strict=True)
def test_unexpectedly_passed(token_mock):
    call()

@pytest.mark.xfail(strict=False)
def test_may_fail(token_mock):
    call()

def test_failed(token_mock):
    call()
    raise AssertionError("its own reason")
"""


def test_unmatched_requests_are_looked_at_only_where_the_test_passed(
    pytester: pytest.Pytester,
) -> None:
    outcome = run(pytester, NOT_PASSED)
    outcome.assert_outcomes(skipped=1, xfailed=1, xpassed=1, failed=2)
    outcome.stdout.fnmatch_lines(["*XPASS(strict)*"])
    assert "nearest" not in outcome.stdout.str()


def test_unmatched_requests_of_the_teardown_are_an_error(pytester: pytest.Pytester) -> None:
    test = """
@pytest.fixture
def late(token_mock):
    yield
    requests.get("https://platform-server/ds-api/userstoken")

def test(late): ...
"""
    run(pytester, test).assert_outcomes(passed=1, errors=1)


MARKED = """
@pytest.fixture
def before():
    return requests.get(HEALTH).headers["Date"]

@pytest.mark.token_mock(freeze=0)
def test_without_the_fixture(before):
    assert before == requests.get(HEALTH).headers["Date"] == "Thu, 01 Jan 1970 00:00:00 GMT"

@pytest.mark.token_mock(freeze=0)
class TestCase:
    def test_of_a_class(self):
        assert requests.get(HEALTH).headers["Date"] == "Thu, 01 Jan 1970 00:00:00 GMT"

@pytest.mark.token_mock
def test_bare():
    assert requests.get(HEALTH).ok

@pytest.mark.token_mock(freeze=0)
def test_on_a_server(token_server, request):
    assert "token_mock" not in request.fixturenames
    assert token_server.clock.now().year == 1970

@pytest.mark.token_mock("2026-01-01T00:00:00Z")
def test_by_position(): ...
"""


def test_the_mark_brings_the_mock(pytester: pytest.Pytester) -> None:
    outcome = run(pytester, MARKED)
    outcome.assert_outcomes(passed=4, errors=1)
    outcome.stdout.fnmatch_lines(["*options by name only*'2026-01-01T00:00:00Z'*"])


UNITTEST = """
import unittest

@pytest.mark.token_mock(freeze=0)
class TestCase(unittest.TestCase):
    def setUp(self):
        self.date = requests.get(HEALTH).headers["Date"]

    def test(self):
        assert self.date == "Thu, 01 Jan 1970 00:00:00 GMT"
"""


def test_the_mark_brings_the_mock_to_unittest(pytester: pytest.Pytester) -> None:
    run(pytester, UNITTEST).assert_outcomes(passed=1)


ORDER = """
mark = pytest.mark.token_mock

def year(token_mock):
    return token_mock.clock.now().year

@pytest.mark.parametrize("wanted", [2001, pytest.param(2002, marks=mark(freeze="2002-01-01"))])
@mark(freeze="2001-01-01")
def test_of_function_and_parameter(token_mock, wanted):
    assert year(token_mock) == 2001

@pytest.mark.parametrize("wanted", [pytest.param(2002, marks=mark(freeze="2002-01-01"))])
def test_of_a_parameter(token_mock, wanted):
    assert year(token_mock) == 2002

@mark(freeze="2003-01-01", seed=1)
class TestBase:
    wanted = 2003

    def test(self, token_mock):
        assert year(token_mock) == self.wanted

@mark(freeze="2004-01-01")
class TestSubclass(TestBase):
    wanted = 2003
"""


def test_of_several_marks_the_nearest_wins(pytester: pytest.Pytester) -> None:
    run(pytester, ORDER).assert_outcomes(passed=5)


def test_a_stub_makes_a_request_match(pytester: pytest.Pytester) -> None:
    test = """
def test(token_mock):
    token_mock.stub({"request": {"urlPath": "/new"}, "response": {"status": 204}})
    assert requests.get("https://platform-server/new").status_code == 204
"""
    run(pytester, test).assert_outcomes(passed=1)


SERVER = """
@pytest.mark.parametrize("time", range(3))
def test(token_server, time):
    assert requests.get(token_server.datasentinel.base_url + "/ds-api/").ok
    assert token_server.requests.count() == 1
    token_server.fail("datasentinel")
    token_server.clock.freeze(time)
"""


def test_token_server_is_clean_for_each_test(pytester: pytest.Pytester) -> None:
    run(pytester, SERVER).assert_outcomes(passed=3)


def test_token_server_fails_a_test_with_unmatched_requests(pytester: pytest.Pytester) -> None:
    test = """
def test(token_server):
    requests.get(token_server.dapi.base_url + "/v2/nothing")
"""
    run(pytester, test).assert_outcomes(failed=1)


def test_token_server_can_be_a_namespace_of_a_running_server(pytester: pytest.Pytester) -> None:
    with TokenServer() as server:
        run(pytester, SERVER, ini=f"token_mock_server_url = {server.url}").assert_outcomes(passed=3)
        assert server.requests.all() == []


MANY = """
import time

@pytest.mark.parametrize("number", range(1000))
def test({fixture}, number):
    mock = {fixture}
    mock.clock.freeze(number * 86400)
    url = mock.datasentinel.base_url + "/ds-api/user-token"
    answer = requests.post(url, auth=("myUser", "myPassword"))
    token = answer.json()["user-token"]
    info = requests.get(url, params={{"token": token}}, auth=("myUser", "myPassword")).json()
    assert info["expire_time"] == time.strftime(
        "%Y-%m-%d %H:%M:%S", time.gmtime(number * 86400 + 86405)
    )
    assert mock.requests.count("datasentinel") == 2
"""


@pytest.mark.crowd
def test_eight_workers_with_servers_of_their_own(pytester: pytest.Pytester) -> None:
    test = MANY.format(fixture="token_server")
    run(pytester, test, "-n", "8", "-q").assert_outcomes(passed=1000)


@pytest.mark.crowd
def test_eight_workers_share_one_server(pytester: pytest.Pytester) -> None:
    with TokenServer() as server:
        ini = f"token_mock_server_url = {server.url}"
        test = MANY.format(fixture="token_server")
        run(pytester, test, "-n", "8", "-q", ini=ini).assert_outcomes(passed=1000)


@pytest.mark.crowd
def test_eight_workers_with_mocks_in_the_process(pytester: pytest.Pytester) -> None:
    run(pytester, MANY.format(fixture="token_mock"), "-n", "8", "-q").assert_outcomes(passed=1000)


def test_the_fixtures_say_what_they_are(pytester: pytest.Pytester) -> None:
    outcome = pytester.runpytest_subprocess("--fixtures")
    outcome.stdout.fnmatch_lines(["*token_mock*", "*vendors' hosts are answered in the process*"])
    outcome.stdout.fnmatch_lines(["*The vendor dstor of*"])
