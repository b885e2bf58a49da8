"""Commands that drive a running server: what they print is true, and so are their exit codes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from mockserver.model.http import Response
from tests.adapters.served import Served as Foreign
from tests.command_line import Served, run, serving
from tests.vendor_tokens import DSTOR_KEY


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("--port", "0", cwd=tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def url(server: Served, request: pytest.FixtureRequest) -> str:
    """A namespace of the test's own."""
    return f"{server.url}/ns/{request.node.name.partition('[')[0]}"


def told(url: str, *arguments: str, cwd: Path) -> str:
    """What a command that succeeds prints."""
    done = run(*arguments, "--url", url, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.rstrip("\n")


def test_the_clock_is_shown_and_moved(url: str, tmp_path: Path) -> None:
    freeze = ["clock", "freeze", "2030-01-01T00:00:00Z"]
    assert told(url, *freeze, cwd=tmp_path) == "2030-01-01T00:00:00Z (frozen)"
    assert told(url, "clock", "advance", "1h30m", cwd=tmp_path) == "2030-01-01T01:30:00Z (frozen)"
    shown = json.loads(told(url, "clock", "show", "--json", cwd=tmp_path))
    assert shown == {"now": "2030-01-01T01:30:00Z", "frozen": True}
    assert re.match(r"2030-01-01T01:30:\S+Z$", told(url, "clock", "unfreeze", cwd=tmp_path))
    assert not told(url, "clock", "reset", cwd=tmp_path).startswith("2030")


def test_an_ordered_token_is_good(url: str, tmp_path: Path) -> None:
    token = told(url, "mint", "datasentinel", "--expires-in", "60", cwd=tmp_path)
    roles = requests.get(f"{url}/ds-api/roles", headers={"user-token": token}, timeout=10)
    assert roles.status_code == 200
    made = json.loads(
        told(url, "mint", "dapi", "--defect", "bad-signature", "--json", cwd=tmp_path)
    )
    assert list(made) == ["id", "token", "expires"]
    newest, code = told(url, "tokens", cwd=tmp_path).splitlines()
    assert re.fullmatch(r"[0-9a-f]{16}  active +datasentinel \S.* of myUser", newest)
    assert re.fullmatch(r"[0-9a-f]{16}  active +dapi access code of dapi_user1", code)


def test_requests_are_listed_without_their_secrets(url: str, tmp_path: Path) -> None:
    assert told(url, "requests", cwd=tmp_path) == "no requests"
    requests.get(f"{url}/v1/dev/temp-token", headers=DSTOR_KEY, timeout=10)
    requests.get(f"{url}/dapi/nowhere", timeout=10)
    lines = told(url, "requests", cwd=tmp_path).splitlines()
    assert [line.split("  ")[1] for line in lines] == ["200", "404"]
    assert "GET /v1/dev/temp-token  dstor temp_token" in lines[0]
    unmatched = json.loads(told(url, "requests", "--unmatched", "--json", cwd=tmp_path))
    assert [each["url"] for each in unmatched] == ["/dapi/nowhere"]
    assert DSTOR_KEY["api-key"] not in told(url, "requests", "--json", cwd=tmp_path)


def test_a_vendor_fails_by_order_until_a_reset(url: str, tmp_path: Path) -> None:
    assert told(url, "fail", "dstor", "--status", "503", cwd=tmp_path).startswith("stub ")
    address = f"{url}/v1/dev/temp-token"
    assert requests.get(address, headers=DSTOR_KEY, timeout=10).status_code == 503
    assert told(url, "reset", cwd=tmp_path) == "reset"
    assert requests.get(address, headers=DSTOR_KEY, timeout=10).status_code == 200


def test_the_address_may_stand_in_the_environment(server: Served, tmp_path: Path) -> None:
    done = run("health", cwd=tmp_path, TOKEN_MOCKSERVER_URL=server.url)
    assert (done.returncode, done.stdout) == (0, "healthy\n")


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["mint", "nobody"], 2, "vendor"),
        (["mint", "dapi", "--defect", "nonsense"], 2, "defect"),
        (["fail", "dapi", "--endpoint", "nonsense"], 2, "endpoint"),
        (["fail", "dapi", "--status", "200"], 2, "error"),
        (["fail", "dapi", "--times", "0"], 2, "times"),
        (["fail", "dapi", "--fault", "EMPTY_RESPONSE", "--status", "500"], 2, "not both"),
        (["clock", "freeze", "noon"], 2, "noon"),
        (["clock", "freeze", "9" * 21], 2, "99999"),
        (["clock", "freeze", "-5"], 2, "-5"),
        (["clock", "advance", "soon"], 2, "30m"),
        (["clock", "advance", "-30m"], 2, "forward only"),
        (["clock", "advance", "999999999d999999999d"], 2, "that far"),
        (["clock", "advance", "9999999d"], 2, "8999"),
        (["clock", "advance", "--nonsense", "1s"], 2, "1s"),
        (["health", "--admin-token", "a\nb"], 2, "admin token"),
        (["clock", "advance"], 2, "BY"),
        (["fail", "dapi", "--fault", "NONE"], 2, "EMPTY_RESPONSE"),
        (["mint", "dapi", "--expires-in", "x"], 2, "--expires-in"),
    ],
)
def test_what_is_wrong_is_told_with_its_exit_code(
    url: str, arguments: list[str], code: int, word: str, tmp_path: Path
) -> None:
    done = run(*arguments, "--url", url, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert word in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("1893456000", "2030-01-01T00:00:00Z"),
        ("1893456000.5", "2030-01-01T00:00:00.500000Z"),
        ("0", "1970-01-01T00:00:00Z"),
        ("20300102", "2030-01-02T00:00:00Z"),  # eight digits are a day, in ISO 8601
        ("2030-01-02T03:04+01:00", "2030-01-02T02:04:00Z"),
    ],
)
def test_the_clock_is_frozen_at_a_text_or_at_unix_seconds(
    url: str, given: str, moment: str, tmp_path: Path
) -> None:
    assert told(url, "clock", "freeze", given, cwd=tmp_path) == f"{moment} (frozen)"


@pytest.mark.parametrize(
    ("command", "code", "status", "word"),
    [
        ("mint nobody", 2, 400, "vendor"),
        ("clock advance soon", 2, None, "30m"),
        ("clock advance", 2, None, "BY"),
        ("nonsense", 2, None, "nonsense"),
        ("health --url http://127.0.0.1:9", 1, None, "cannot be reached"),
    ],
)
def test_where_json_is_asked_for_an_error_is_json_in_one_line(
    command: str, code: int, status: int | None, word: str, server: Served
) -> None:
    done = run(*command.split(), "--json", cwd=Path(), TOKEN_MOCKSERVER_URL=server.url)
    assert (done.returncode, done.stdout) == (code, "")
    (line,) = done.stderr.splitlines()
    error = json.loads(line)
    assert (set(error), error["status"]) == ({"error", "status"}, status)
    assert word in error["error"]


@pytest.mark.parametrize(
    "command",
    ["health", "tokens", "clock show", "clock unfreeze", "mint dstor", "requests", "reset"],
)
def test_another_server_is_one_clear_line(command: str, tmp_path: Path) -> None:
    with Foreign(lambda _: Response(200, (), b"<h1>It works!</h1>")) as other:
        done = run(*command.split(), "--url", other.url, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "is no token-mockserver" in line


def test_an_admin_token_that_cannot_be_sent_is_not_printed(tmp_path: Path) -> None:
    done = run("health", cwd=tmp_path, TOKEN_MOCKSERVER_ADMIN_TOKEN="never-to\nbe-shown")
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout, "never-to" in line) == (2, "", False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://", "nonsense", "http://[::1"])
def test_a_server_that_cannot_be_reached_is_one_clear_line(url: str, tmp_path: Path) -> None:
    done = run("health", "--url", url, cwd=tmp_path)
    assert (done.returncode in (1, 2), done.stdout) == (True, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
