"""Fixtures, marker and ini settings, each in a pytest of its own."""

import re

import pytest

from mockserver import TokenServer
from tests.command_line import LEAN

HEALTH = "https://platform-server/ds-api/"
HEAD = f"""
import unittest
import pytest, requests

HEALTH = {HEALTH!r}
mark = pytest.mark.token_mock

def date():
    return requests.get(HEALTH).headers["Date"]

def call():
    assert requests.get("https://platform-server/ds-api/userstoken").status_code == 404

def year(mock):
    return mock.clock.now().year
"""
EPOCH = "Thu, 01 Jan 1970 00:00:00 GMT"


def run(pytester: pytest.Pytester, test: str, *flags: str, ini: str = "") -> pytest.RunResult:
    """Return the outcome of a file of tests."""
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makepyfile(HEAD + test)
    return pytester.runpytest_subprocess(*LEAN, "-W", "error", "-v", *flags)


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """Return the outcome of each test by its name; a later error replaces an earlier one."""
    found = (re.match(r"\S+?\.py::(\S+) ([A-Z]+)", line) for line in result.outlines)
    return {match[1].rpartition("::")[2]: match[2].lower() for match in found if match}


PASSING = f"""
@pytest.mark.parametrize("time", [1, 2])
def test_mock_is_fresh_for_each_test(token_mock, time):
    assert requests.get(HEALTH).ok
    assert token_mock.requests.count() == 1

def test_each_vendor_is_a_fixture(token_mock, dapi, datasentinel, dstor, kitegateway):
    assert dapi is token_mock.dapi
    assert requests.get(datasentinel.base_url + "/ds-api/").ok
    assert (dstor.name, kitegateway.name) == ("dstor", "kitegateway")

def test_stub_makes_a_request_match(token_mock):
    token_mock.stub({{"request": {{"urlPath": "/new"}}, "response": {{"status": 204}}}})
    assert requests.get("https://platform-server/new").status_code == 204

@pytest.fixture
def before():
    return date()

@mark(freeze=0)
def test_mark_without_the_fixture(before):
    assert before == date() == {EPOCH!r}

@mark(freeze=0)
class TestMarked:
    def test_of_a_class(self):
        assert date() == {EPOCH!r}

@mark
def test_bare_mark():
    assert requests.get(HEALTH).ok

@mark(freeze=0)
def test_mark_on_a_server(token_server, request):
    assert "token_mock" not in request.fixturenames
    assert year(token_server) == 1970

@mark(freeze=0)
class TestOfUnittest(unittest.TestCase):
    def setUp(self):
        self.date = date()

    def test_set_up_is_inside(self):
        assert self.date == {EPOCH!r}

@pytest.mark.parametrize("wanted", [2001, pytest.param(2002, marks=mark(freeze="2002-01-01"))])
@mark(freeze="2001-01-01")
def test_mark_of_function_and_parameter(token_mock, wanted):
    assert year(token_mock) == 2001

@pytest.mark.parametrize("wanted", [pytest.param(2002, marks=mark(freeze="2002-01-01"))])
def test_mark_of_a_parameter(token_mock, wanted):
    assert year(token_mock) == 2002

@mark(freeze="2003-01-01", seed=1)
class TestBase:
    wanted = 2003

    def test_mark_of_a_base_class(self, token_mock):
        assert year(token_mock) == self.wanted

@mark(freeze="2004-01-01")
class TestSubclass(TestBase):
    wanted = 2003
"""
NEAREST = """
pytestmark = mark(freeze="2020-01-01T00:00:00Z", passthrough=False)

def test_module(token_mock, token_server):
    assert year(token_mock) == year(token_server) == 2020
    with pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1:1/")

@mark(freeze="2021-01-01T00:00:00Z")
def test_function(token_mock):
    assert year(token_mock) == 2021
"""


@pytest.mark.parametrize("test", [PASSING, NEAREST], ids=["several marks", "mark of the module"])
def test_fixtures_and_marks(pytester: pytest.Pytester, test: str) -> None:
    found = outcomes(run(pytester, test, "--strict-markers"))
    assert len(found) > 1
    assert set(found.values()) == {"passed"}


UNMATCHED = """
def test_fails(token_mock):
    call()

def test_fails_on_a_server(token_server):
    requests.get(token_server.dapi.base_url + "/v2/nothing")

@pytest.fixture
def late(token_mock):
    yield
    call()

def test_error_of_the_teardown(late): ...

@mark(unmatched="ignore")
def test_ignored(token_mock):
    call()

@mark(unmatched="error")
def test_looked_at(token_mock):
    call()

@mark(unmatched="maybe")
def test_misspelled(token_mock): ...

@mark("2026-01-01T00:00:00Z")
def test_option_by_position(): ...

@mark(frozen=1)
def test_unknown_option(): ...

def test_skipped(token_mock):
    call()
    pytest.skip("not today")

@pytest.mark.xfail(strict=True)
def test_expected_to_fail(token_mock):
    call()
    raise AssertionError

@pytest.mark.xfail(strict=True)
def test_expected_to_match_nothing(token_mock):
    call()

def test_failed(token_mock):
    call()
    raise AssertionError("its own reason")

def test_requests_the_fixture(request):
    request.getfixturevalue("token_mock")
    call()

@pytest.mark.xfail(raises=AssertionError, strict=True)
def test_failed_while_json_is_patched(token_server, monkeypatch):
    requests.get(token_server.dapi.base_url + "/v2/nothing")
    monkeypatch.setattr("json.loads", None)
    raise AssertionError
"""
OUTCOMES = {
    "test_fails": "failed",
    "test_fails_on_a_server": "failed",
    "test_error_of_the_teardown": "error",
    "test_ignored": "passed",
    "test_looked_at": "failed",
    "test_misspelled": "error",
    "test_option_by_position": "error",
    "test_unknown_option": "error",
    "test_skipped": "skipped",
    "test_expected_to_fail": "xfail",
    "test_expected_to_match_nothing": "xfail",
    "test_failed": "failed",
    "test_requests_the_fixture": "failed",
    "test_failed_while_json_is_patched": "xfail",
}
IGNORED = dict.fromkeys(
    (
        "test_fails",
        "test_fails_on_a_server",
        "test_error_of_the_teardown",
        "test_requests_the_fixture",
    ),
    "passed",
)
IGNORED["test_expected_to_match_nothing"] = "failed"


@pytest.mark.parametrize(("choice", "differing"), [("error", {}), ("ignore", IGNORED)])
def test_unmatched_requests_fail_a_test_that_would_pass(
    pytester: pytest.Pytester, choice: str, differing: dict[str, str]
) -> None:
    result = run(pytester, UNMATCHED, ini=f"token_mock_unmatched = {choice}")
    assert outcomes(result) == OUTCOMES | differing
    text = result.stdout.str()
    assert "https://platform-server/ds-api/userstoken" in text
    assert "datasentinel token_info" in text
    assert '@pytest.mark.token_mock(unmatched="ignore")' in text
    # Of those that failed by themselves, test_failed has a section; pytest hides that of an xfail.
    assert text.count("GET https://platform-server") == (5 if choice == "error" else 1)
    assert text.count("Captured token_mock call") == (1 if choice == "error" else 0)
    result.stdout.fnmatch_lines_random(
        [
            "*unmatched*must be error or ignore*",
            "@pytest.mark.token_mock: *options by name only*'2026-01-01T00:00:00Z'*",
            "@pytest.mark.token_mock: *unexpected keyword argument 'frozen'*",
        ]
    )


def test_plugin_can_be_named_where_plugins_are_not_found(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile("def test_mock(token_mock): assert token_mock.clock")
    result = pytester.runpytest_subprocess("-p", "token_mockserver.pytest_plugin")
    assert result.parseoutcomes() == {"passed": 1}


def test_other_choice_for_unmatched_requests_is_refused(pytester: pytest.Pytester) -> None:
    assert run(pytester, PASSING, ini="token_mock_unmatched = maybe").ret != 0


SETTINGS = """
URL = "/ds-api/user-token"

def status(server):
    token = server.mint("datasentinel")
    return requests.get(server.datasentinel.base_url + URL, params={"token": token}).status_code

@mark(
    settings={"datasentinel": {"info_auth": "optional"}},
    hosts={"dstor": ["a.test"]},
    freeze="2026-01-01T00:00:00Z",
    seed=7,
)
def test_with_options(token_server):
    assert status(token_server) == 200
    assert token_server.dstor.hosts[-1] == "a.test"
    assert year(token_server) == 2026

def test_without(token_server):
    assert status(token_server) == 401
    assert "a.test" not in token_server.dstor.hosts

@mark(setings={})
def test_misspelled(token_server): ...

@pytest.mark.parametrize("time", range(3))
def test_server_is_clean_for_each_test(token_server, time):
    assert requests.get(token_server.datasentinel.base_url + "/ds-api/").ok
    assert token_server.requests.count() == 1
    token_server.fail("datasentinel")
    token_server.clock.freeze(time)
"""


@pytest.mark.parametrize("path", [None, "", "/ns/team/"])
def test_server_of_the_tests_or_a_namespace_of_one_that_runs(
    pytester: pytest.Pytester, path: str | None
) -> None:
    """A server that runs elsewhere has its own settings."""
    with TokenServer() as server:
        ini = "" if path is None else f"token_mock_server_url = {server.url}{path}"
        result = run(pytester, SETTINGS, ini=ini)
        assert server.requests.all() == []
    assert outcomes(result) == {
        "test_with_options": "passed" if path is None else "error",
        "test_without": "passed",
        "test_misspelled": "error",
        **{f"test_server_is_clean_for_each_test[{time}]": "passed" for time in range(3)},
    }
    if path is not None:  # the server has ended
        lost = run(pytester, "def test_lost(token_server): pass", ini=ini)
        lost.stdout.fnmatch_lines(["token_mock_server_url: *Is a server running there?*"])
    result.stdout.fnmatch_lines_random(
        ["*setings*"] if path is None else ["*settings*hosts*seed*token_mock_server_url*"]
    )


MANY = """
import time

def check(mock, number):
    mock.clock.freeze(number * 86400)
    url = mock.datasentinel.base_url + "/ds-api/user-token"
    answer = requests.post(url, auth=("myUser", "myPassword"))
    token = answer.json()["user-token"]
    info = requests.get(url, params={"token": token}, auth=("myUser", "myPassword")).json()
    assert info["expire_time"] == time.strftime(
        "%Y-%m-%d %H:%M:%S", time.gmtime(number * 86400 + 86405)
    )
    assert mock.requests.count("datasentinel") == 2

many = pytest.mark.parametrize("number", range(500))

@many
def test_server(token_server, number):
    check(token_server, number)

@many
def test_mock(token_mock, number):
    check(token_mock, number)
"""


@pytest.mark.crowd
@pytest.mark.parametrize("shared", [False, True], ids=["a server each", "a server of all"])
def test_a_thousand_tests_in_eight_workers(pytester: pytest.Pytester, shared: bool) -> None:
    with TokenServer() as server:
        ini = f"token_mock_server_url = {server.url}" if shared else ""
        run(pytester, MANY, "-n", "8", "-q", ini=ini).assert_outcomes(passed=1000)


def test_help_of_the_fixtures(pytester: pytest.Pytester) -> None:
    outcome = pytester.runpytest_subprocess(*LEAN, "--fixtures")
    outcome.stdout.fnmatch_lines(["*token_mock*", "*answers requests to the vendors' hosts*"])
    outcome.stdout.fnmatch_lines(["*The vendor dstor of*"])


NO_CACHE = """
def twice(mock):
    account = mock.kitegateway.account
    url = mock.kitegateway.base_url + "/v1"
    body, secret = {"api_key": account.api_key}, {"Secret-Key": account.secret_key}
    for _ in "12":
        sold = requests.post(url + "/auth/token", json=body, headers=secret).json()
        headers = {"Authorization": sold["data"]["token"]}
        assert requests.get(url + "/data/wallets/balances", headers=headers).ok

def test_once(token_mock):
    assert requests.get(HEALTH).ok

def test_twice(token_server):
    twice(token_server)

@pytest.mark.token_mock(verdicts="strict")
def test_strict(token_mock):
    twice(token_mock)

@pytest.mark.token_mock(verdicts="off")
def test_off(token_mock):
    twice(token_mock)

@pytest.mark.token_mock(ignore={"no-cache": "a script"})
def test_ignored(token_mock):
    twice(token_mock)

@pytest.mark.token_mock(ignore={"no-cache": ""})
def test_no_reason(token_mock):
    twice(token_mock)
"""


@pytest.mark.parametrize(
    ("mode", "flags", "failed"), [("strict", (), 2), ("report", ("-n", "2"), 1)]
)
def test_rules_for_token_clients(
    pytester: pytest.Pytester, mode: str, flags: tuple[str, ...], failed: int
) -> None:
    ran = run(pytester, NO_CACHE, *flags, ini=f"token_mock_verdicts = {mode}")
    ran.assert_outcomes(passed=5 - failed, failed=failed, errors=1)
    ran.stdout.fnmatch_lines(["*token clients: broken rules*", "no-cache: *and 1 more"])
    assert ("(-rP, " in ran.stdout.str()) is (mode == "report")
    ran.stdout.fnmatch_lines(["*ignore: no-cache needs a reason*"])


WRONG_IGNORE = """
@pytest.mark.token_mock(ignore={"no-cahce": "a script"})
def test_unknown_rule(): ...

@pytest.mark.token_mock(ignore="no-cache")
def test_no_dict(): ...
"""


def test_wrong_rule_to_ignore_is_an_error_also_while_verdicts_are_off(
    pytester: pytest.Pytester,
) -> None:
    run(pytester, WRONG_IGNORE).stdout.fnmatch_lines(
        [
            "*@pytest.mark.token_mock: ignore: there is no rule 'no-cahce'; rules: *",
            "*@pytest.mark.token_mock: ignore must be a dict such as *",
        ]
    )
