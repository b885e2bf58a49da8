"""Commands that drive a running server: their output and exit codes."""

import json
import re
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from mockserver.model.http import Response
from tests.adapters.served import AnswerServer
from tests.command_line import COMMAND, Served, call, environment, serving
from tests.vendor_tokens import DSTOR_KEY


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("--port", "0", cwd=tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def url(server: Served, request: pytest.FixtureRequest) -> str:
    """A namespace of the test's own."""
    return f"{server.url}/ns/{request.node.name.partition('[')[0]}"


def told(url: str, *arguments: str) -> str:
    """What a command that succeeds prints."""
    done = call(*arguments, "--url", url)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.rstrip("\n")


def test_clock_is_shown_and_moved(url: str) -> None:
    freeze = ["clock", "freeze", "2030-01-01T00:00:00Z"]
    assert told(url, *freeze) == "2030-01-01T00:00:00Z (frozen)"
    assert told(url, "clock", "advance", "1h30m") == "2030-01-01T01:30:00Z (frozen)"
    shown = json.loads(told(url, "clock", "show", "--json"))
    assert shown == {"now": "2030-01-01T01:30:00Z", "frozen": True}
    assert re.match(r"2030-01-01T01:30:\S+Z$", told(url, "clock", "unfreeze"))
    assert not told(url, "clock", "reset").startswith("2030")


def test_minted_tokens_are_good_and_listed(url: str) -> None:
    token = told(url, "mint", "datasentinel", "--expires-in", "60")
    roles = requests.get(f"{url}/ds-api/roles", headers={"user-token": token}, timeout=10)
    assert roles.status_code == 200
    claims = told(url, "mint", "dstor", "--claims", '{"team": "blue"}').split(".")[1]
    assert json.loads(urlsafe_b64decode(f"{claims}=="))["team"] == "blue"
    made = json.loads(told(url, "mint", "dapi", "--defect", "bad-signature", "--json"))
    assert list(made) == ["id", "token", "expires"]
    _, newest, code = told(url, "tokens").splitlines()
    assert re.fullmatch(r"[0-9a-f]{16}  active +datasentinel \S.* of myUser", newest)
    assert re.fullmatch(r"[0-9a-f]{16}  active +dapi access code of dapi_user1", code)


def test_a_token_is_explained_and_revoked_by_itself_or_its_id(url: str) -> None:
    for shown in ("token", "id"):
        minted = json.loads(told(url, "mint", "kitegateway", "--json"))
        assert told(url, "explain", "kitegateway", minted["token"]) == "ok"
        assert told(url, "revoke", minted[shown]) == "revoked"
        refused = call("explain", "kitegateway", minted["token"], "--url", url)
        assert (refused.returncode, refused.stdout) == (1, "revoked\n")


def test_requests_are_listed_without_secrets(url: str) -> None:
    assert told(url, "requests") == "no requests"
    requests.get(f"{url}/v1/dev/temp-token", headers=DSTOR_KEY, timeout=10)
    requests.get(f"{url}/dapi/nowhere", timeout=10)
    lines = told(url, "requests").splitlines()
    assert [line.split("  ")[1] for line in lines] == ["200", "404"]
    assert "GET /v1/dev/temp-token  dstor temp_token" in lines[0]
    unmatched = json.loads(told(url, "requests", "--unmatched", "--json"))
    assert [each["url"] for each in unmatched] == ["/dapi/nowhere"]
    assert DSTOR_KEY["api-key"] not in told(url, "requests", "--json")


def test_vendor_fails_until_a_reset(url: str) -> None:
    assert told(url, "fail", "dstor", "--error", "503").startswith("stub ")
    address = f"{url}/v1/dev/temp-token"
    assert requests.get(address, headers=DSTOR_KEY, timeout=10).status_code == 503
    assert told(url, "reset") == "reset"
    assert requests.get(address, headers=DSTOR_KEY, timeout=10).status_code == 200


def test_address_may_be_in_the_environment(server: Served) -> None:
    assert call("health", TOKEN_MOCKSERVER_URL=server.url).stdout == "healthy\n"


@pytest.mark.parametrize(("arguments", "word"), [
    (["mint", "nobody"], "vendor"),
    (["mint", "dapi", "--defect", "nonsense"], "defect"),
    (["mint", "dapi", "--claims", "team=blue"], "--claims must be a JSON object"),
    (["fail", "dapi", "--endpoint", "nonsense"], "endpoint"),
    (["fail", "dapi", "--status", "200"], "error"),
    (["fail", "dapi", "--times", "0"], "times"),
    (["fail", "dapi", "--fault", "EMPTY_RESPONSE", "--status", "500"], "not both"),
    (["clock", "freeze", "noon"], "noon"),
    (["clock", "freeze", "9" * 21], "99999"),
    (["clock", "freeze", "-5"], "-5"),
    (["clock", "advance", "soon"], "1.5h"),
    (["clock", "advance", "-30m"], "forward only"),
    (["clock", "advance", "-1h"], "forward only"),
    (["clock", "advance", "999999999d999999999d"], "that far"),
    (["clock", "advance", "9999999d"], "8999"),
        (["clock", "advance", "99999999999d"], "that far"),
    (["clock", "advance", "--nonsense", "1s"], "1s"),
    (["health", "--admin-token", "a\nb"], "admin token"),
    (["clock", "advance"], "BY"),
    (["fail", "dapi", "--fault", "NONE"], "EMPTY_RESPONSE"),
    (["mint", "dapi", "--expires-in", "x"], "--expires-in"),
])  # fmt: skip
def test_wrong_argument_is_named(url: str, arguments: list[str], word: str) -> None:
    done = call(*arguments, "--url", url)
    assert word in done.error()


@pytest.mark.parametrize(("given", "moment"), [
    ("1893456000", "2030-01-01T00:00:00Z"),
    ("1893456000.5", "2030-01-01T00:00:00.500000Z"),
    ("0", "1970-01-01T00:00:00Z"),
    ("20300102", "2030-01-02T00:00:00Z"),  # eight digits are a day, in ISO 8601
    ("2030-01-02T03:04+01:00", "2030-01-02T02:04:00Z"),
])  # fmt: skip
def test_clock_is_frozen_at_a_text_or_at_unix_seconds(url: str, given: str, moment: str) -> None:
    assert told(url, "clock", "freeze", given) == f"{moment} (frozen)"


@pytest.mark.parametrize(("command", "code", "status", "word"), [
    ("mint nobody", 2, 400, "vendor"),
    ("clock advance soon", 2, None, "1.5h"),
    ("clock advance", 2, None, "BY"),
    ("nonsense", 2, None, "nonsense"),
    ("health --url http://127.0.0.1:9", 1, None, "cannot be reached"),
])  # fmt: skip
def test_error_is_one_line_of_json_where_json_is_asked_for(
    command: str, code: int, status: int | None, word: str, server: Served
) -> None:
    done = call(*command.split(), "--json", TOKEN_MOCKSERVER_URL=server.url)
    error = json.loads(done.error(code))
    assert (set(error), error["status"]) == ({"error", "status"}, status)
    assert word in error["error"]
    assert len(done.stderr.splitlines()) == 1


def test_another_server_is_one_line() -> None:
    with AnswerServer(lambda _: Response(200, (), b"<h1>It works!</h1>")) as other:
        for command in (
            *("health", "tokens", "clock show", "clock unfreeze", "mint dstor"),
            *("requests", "reset"),
        ):
            done = call(*command.split(), "--url", other.url)
            assert "is not a token-mockserver" in done.error(1)
            assert len(done.stderr.splitlines()) == 1


def test_admin_token_that_cannot_be_sent_is_not_printed() -> None:
    done = call("health", TOKEN_MOCKSERVER_ADMIN_TOKEN="never-to\nbe-shown")
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout, "never-to" in line) == (2, "", False)


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://127.0.0.1:9", 1), ("http://", 2), ("nonsense", 2), ("http://[::1", 1)],
)
def test_server_that_cannot_be_reached_is_one_line(url: str, code: int) -> None:
    done = call("health", "--url", url)
    assert done.error(code).startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("url", [
    "http://me:pass/word@127.0.0.1:9", "me:pass/word@h", "http://me:pass/word@h:99999",
    "ftp://me:pass/word@h",
])  # fmt: skip
@pytest.mark.parametrize(
    "command", ["clock show", "clock show --json", "mint dapi", "env", "run -- true"]
)
def test_the_password_of_an_address_is_not_shown(command: str, url: str) -> None:
    name, *rest = command.split()
    done = call(name, *(["--url", url, *rest] if name == "run" else [*rest, "--url", url]))
    assert done.returncode in (1, 2)
    assert "word" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_variable_is_told(url: str) -> None:
    show = ("clock", "show", "--url", url)
    done = call(
        *show,
        TOKEN_MOCKSERVER_PROT="1",
        TOKEN_MOCKSERVER_DAPI_URL="http://h",
        TOKEN_MOCKSERVER_TIME_OFFSET="5",
    )
    assert done.returncode == 0
    assert done.stderr == (
        "warning: the environment variable TOKEN_MOCKSERVER_PROT is not known; did you mean "
        "TOKEN_MOCKSERVER_PORT?\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [["clock", "show"], ["--help"]])
def test_a_full_disk_is_one_line(server: Served, arguments: list[str]) -> None:
    variables = environment(TOKEN_MOCKSERVER_URL=server.url)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], env=variables, stdout=full, stderr=-1, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"error: standard output: No space left on device\n"


def test_an_interrupt_while_modules_are_loaded_is_no_traceback() -> None:
    code = """
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "mockserver.cli": raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from token_mockserver.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], stderr=-1, env=environment(), check=False)
    assert (done.returncode, done.stderr) == (130, b"")
