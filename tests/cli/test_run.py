"""`token-mockserver run` and `env`: unchanged programs, led by their environment alone."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from mockserver import TokenServer

COMMAND = [sys.executable, "-m", "mockserver"]
ROLES = "https://platform-server/ds-api/"
GET = f"import urllib.request as u; print(u.urlopen({ROLES!r}, timeout=20).read().decode())"


def run(
    *arguments: str, env: Mapping[str, str] | None = None, input: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command, with further variables; return what came of it."""
    return ended([*COMMAND, "run", *arguments], {**os.environ, **(env or {})}, input)


def ended(
    command: list[str], env: Mapping[str, str], input: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Return what came of a command, whatever its exit code."""
    return subprocess.run(
        command, input=input, env=env, capture_output=True, text=True, timeout=90, check=False
    )


def test_a_program_is_answered_and_its_requests_are_counted() -> None:
    done = run("--", sys.executable, "-c", GET)
    assert (done.returncode, "OK" in done.stdout) == (0, True)
    last = done.stderr.splitlines()[-1]
    assert last == "token-mockserver: 1 request (datasentinel 1), 0 matched nothing"


def test_what_matched_nothing_is_counted() -> None:
    code = GET.replace("/ds-api/", "/nowhere")
    done = run("--", sys.executable, "-c", f"try:\n {code}\nexcept OSError as e: print(e.code)")
    assert done.stdout == "404\n"
    assert "1 request (datasentinel 1), 1 matched nothing" in done.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["sh", "-c", "exit 7"], 7),
        (["sh", "-c", "kill -TERM $$"], 128 + signal.SIGTERM),
        (["token-mockserver-has-no-such-command"], 127),
        (["/"], 126),
    ],
)
def test_the_exit_code_is_the_commands(command: list[str], code: int) -> None:
    done = run("--", *command)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_input_output_and_variables_are_the_programs_own() -> None:
    script = 'cat; echo "$MINE"; echo "$NO_PROXY"'
    variables = {"MINE": "kept", "NO_PROXY": "intranet", "no_proxy": ""}
    done = run("--", "sh", "-c", script, input="sent\n", env=variables)
    assert done.stdout == "sent\nkept\nintranet,localhost,127.0.0.1,::1\n"


def test_a_program_started_by_a_program_is_answered() -> None:
    inner = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GET!r}], check=True)"
    done = run("--", sys.executable, "-c", inner)
    assert "OK" in done.stdout


def test_a_start_up_file_of_the_users_runs_too(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('mine')\n")
    done = run("--", sys.executable, "-c", GET, env={"PYTHONPATH": str(tmp_path)})
    assert done.stdout.startswith("mine\n")
    assert "OK" in done.stdout


def test_signals_are_passed_on() -> None:
    ready = "trap 'echo ended; exit 3' TERM; echo ready; while :; do sleep 0.1; done"
    process = subprocess.Popen(
        [*COMMAND, "run", "--", "sh", "-c", ready], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[0] == "ended\n"
    assert process.returncode == 3


def test_other_hosts_are_refused_offline() -> None:
    code = (
        "import urllib.request as u\n"
        "try: u.urlopen('http://other.example/', timeout=20)\n"
        "except u.HTTPError as e: print(e.code, e.read().decode())"
    )
    done = run("--offline", "--", sys.executable, "-c", code)
    assert done.stdout.startswith("403 ")
    assert "other.example" in done.stdout


def test_the_clock_can_stand() -> None:
    code = GET.replace(".read().decode()", ".headers['Date']")
    done = run("--freeze", "2030-01-01T00:00:00Z", "--", sys.executable, "-c", code)
    assert done.stdout == "Tue, 01 Jan 2030 00:00:00 GMT\n"


@pytest.fixture
def server() -> Iterator[TokenServer]:
    """A server that runs already."""
    with TokenServer() as started:
        yield started


def test_a_server_that_runs_is_used(server: TokenServer) -> None:
    assert "OK" in run("--url", server.url, "--", sys.executable, "-c", GET).stdout
    assert [seen.endpoint for seen in server.requests.all()] == ["health"]


def test_a_namespace_of_it_is_used(server: TokenServer) -> None:
    server.fail("datasentinel", status=500)
    arguments = ("--url", server.url, "--namespace", "mine", "--", sys.executable, "-c", GET)
    done = run(*arguments)
    assert "OK" in done.stdout
    assert "1 request (datasentinel 1), 0 matched nothing" in done.stderr
    assert server.requests.all() == []


def test_env_prints_what_a_shell_can_evaluate(server: TokenServer, tmp_path: Path) -> None:
    script = f'eval "$({sys.executable} -m mockserver env --url {server.url})"; "$0" -c "$1"'
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    done = ended(["sh", "-c", script, sys.executable, GET], environment)
    assert "OK" in done.stdout, done.stderr
    assert [seen.endpoint for seen in server.requests.all()] == ["health"]


def test_env_without_a_server_is_one_line() -> None:
    done = ended([*COMMAND, "env", "--url", "http://127.0.0.1:9"], os.environ)
    assert done.returncode == 2
    assert done.stderr == "error: --url: nothing answers at http://127.0.0.1:9\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--namespace", "a"), "--namespace needs --url"),
        (("--url", "http://127.0.0.1:9", "--offline"), "--offline is for a new server"),
        (("--url", "127.0.0.1:9", "--namespace", "a"), "http"),
    ],
)
def test_wrong_usage_names_the_cure(arguments: tuple[str, ...], text: str) -> None:
    done = run(*arguments, "--", "true")
    assert done.returncode == 2
    assert text in done.stderr
    assert "Traceback" not in done.stderr
