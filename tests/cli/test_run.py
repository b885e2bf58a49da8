"""`token-mockserver run` and `env`: unchanged programs, led by their environment alone."""

import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver import TokenServer
from tests.command_line import COMMAND, call, environment, serving

ROLES = "https://platform-server/ds-api/"
GET = f"import urllib.request as u; print(u.urlopen({ROLES!r}, timeout=20).read().decode())"
PYTHON = ("--", sys.executable, "-c")


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command, with further variables; return what came of it."""
    return ended(*COMMAND, "run", *arguments, **variables)


def ended(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Return what came of a command, whatever its exit code."""
    return subprocess.run(
        command,
        input="sent\n",
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_programs_are_answered_and_their_requests_are_counted() -> None:
    """Also one that another program starts."""
    inner = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GET!r}], check=True)"
    lost = GET.replace("/ds-api/", "/nowhere")
    code = f"{inner}\ntry:\n {lost}\nexcept OSError as e: print(e.code)"
    done = run(*PYTHON, code)
    assert (done.returncode, "OK" in done.stdout) == (0, True)
    assert done.stdout.endswith("404\n")
    last = done.stderr.splitlines()[-1]
    assert last == "token-mockserver: 2 requests (datasentinel 2), 1 matched nothing"


@pytest.mark.parametrize(("command", "code"), [
    (["sh", "-c", "exit 7"], 7),
    (["sh", "-c", "kill -TERM $$"], 128 + signal.SIGTERM),
    (["token-mockserver-has-no-such-command"], 127),
    (["/"], 126),
])  # fmt: skip
def test_exit_code_is_the_commands(command: list[str], code: int) -> None:
    done = run("--", *command)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_input_output_variables_and_start_up_file_are_the_users(tmp_path: Path) -> None:
    script = f'cat; echo "$MINE"; echo "$NO_PROXY"; {sys.executable} -c pass'
    (tmp_path / "sitecustomize.py").write_text("print('start-up')\n")
    variables = {"MINE": "kept", "NO_PROXY": "intranet", "no_proxy": ""}
    done = run("--", "sh", "-c", script, **variables, PYTHONPATH=str(tmp_path))
    # Our own command, in Python as well, runs the start-up file too.
    expected = "sent\nkept\nintranet,localhost,127.0.0.1,::1\nstart-up\nstart-up\n"
    assert done.stdout == expected


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT])
def test_signals_are_passed_on(number: signal.Signals, tmp_path: Path) -> None:
    ready = "trap 'echo ended; exit 3' TERM QUIT; echo ready; while :; do sleep 0.1; done"
    process = subprocess.Popen(
        [*COMMAND, "run", "--", "sh", "-c", ready],
        stdout=subprocess.PIPE,
        env=environment(TMPDIR=str(tmp_path)),
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert list(tmp_path.iterdir())
    process.send_signal(number)
    assert process.communicate(timeout=30)[0] == "ended\n"
    assert (process.returncode, list(tmp_path.iterdir())) == (3, [])


@pytest.mark.parametrize(("flags", "value"), [(["--offline"], "0"), ([], "1")])
def test_other_hosts_are_refused_offline_and_the_clock_can_stand(
    flags: list[str], value: str
) -> None:
    code = f"""
import urllib.request as u
try: u.urlopen('http://other.example/', timeout=20)
except u.HTTPError as e: print(e.code, e.read().decode())
print(u.urlopen({ROLES!r}, timeout=20).headers['Date'])
"""
    frozen = ("--freeze", "2030-01-01T00:00:00Z")
    done = run(*flags, *frozen, *PYTHON, code, TOKEN_MOCKSERVER_OFFLINE=value)
    assert done.stdout.startswith("403 other.example ")
    assert done.stdout.endswith("\nTue, 01 Jan 2030 00:00:00 GMT\n")


@pytest.fixture
def server() -> Iterator[TokenServer]:
    """A server that runs already."""
    with TokenServer() as started:
        yield started


@pytest.mark.parametrize("way", ["run", "run --namespace", "serve"])
def test_other_hosts_are_reached_through_the_users_proxy(
    way: str, server: TokenServer, tmp_path: Path
) -> None:
    code = "import urllib.request as u; print(u.urlopen('http://other.example/a').read())"

    def answer(listener: socket.socket) -> None:
        with listener.accept()[0] as other:
            seen.append(other.recv(1000).partition(b"\r\n")[0])
            other.sendall(b"HTTP/1.1 200 OK\r\n\r\ntheirs")

    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,), daemon=True)
        thread.start()
        url = f"http://user:secret@127.0.0.1:{listener.getsockname()[1]}"
        theirs = {"http_proxy": url, "HTTPS_PROXY": "socks5://u:secret@h:1"}
        if way == "serve":
            with serving("--port", "0", cwd=tmp_path, **theirs) as served:
                done = ended(*PYTHON[1:], code, http_proxy=served.url)
                warnings = served.end(signal.SIGTERM)[1]
        else:
            mine = ("--url", server.url, "--namespace", "mine") if "name" in way else ()
            done = run(*mine, *PYTHON, code, **theirs)
            warnings = done.stderr
        thread.join(10)
    assert (done.stdout, seen) == ("b'theirs'\n", [b"GET http://other.example/a HTTP/1.1"])
    assert "warning: HTTPS_PROXY: the upstream proxy 'socks5://h:1' is not http" in warnings
    assert "secret" not in warnings


@pytest.mark.parametrize("runtime", ["python", "node"])
def test_entry_of_no_proxy_that_covers_a_vendor_is_warned_of(
    runtime: str, server: TokenServer, tmp_path: Path
) -> None:
    """The start-up files of Python and Node lead there all the same."""
    url = "https://sandbox.kitegateway.com/"
    program = {
        "python": f"""{sys.executable} -c "
import urllib.request as u
try: u.urlopen('{url}', timeout=20)
except OSError as e: print(e.code)\"""",
        "node": f"""node -e "
require('https').get('{url}', r => console.log(r.statusCode) + r.resume())\"""",
    }[runtime]
    if runtime == "node" and shutil.which("node") is None:
        pytest.skip("there is no node here: NO_PROXY is NOT tested with it")
    theirs = {"NO_PROXY": "intranet", "no_proxy": ".com", "XDG_DATA_HOME": str(tmp_path)}
    warning = (
        "warning: NO_PROXY has .com, which covers api.dapi.com: programs on other runtimes than "
        "Python and Node call the real vendor unless the entry is removed"
    )
    done = run("--", "sh", "-c", program, **theirs)
    assert (done.stdout, done.stderr.splitlines()[0]) == ("404\n", warning)
    assert done.stderr.endswith("1 matched nothing\n")
    env = f'eval "$({sys.executable} -m mockserver env --url {server.url})"; {program}'
    done = ended("sh", "-c", env, **theirs)
    assert (done.stdout, done.stderr) == ("404\n", f"{warning}\n")


def test_server_that_runs_or_a_namespace_of_it_is_used(server: TokenServer) -> None:
    assert "OK" in run("--url", server.url, *PYTHON, GET).stdout
    assert [seen.endpoint for seen in server.requests.all()] == ["health"]
    server.fail("datasentinel", status=500)
    done = run("--url", server.url, "--namespace", "mine", *PYTHON, GET)
    assert "OK" in done.stdout
    assert "1 request (datasentinel 1), 0 matched nothing" in done.stderr
    assert len(server.requests.all()) == 1


def test_env_prints_what_a_shell_evaluates(server: TokenServer, tmp_path: Path) -> None:
    script = f'eval "$({sys.executable} -m mockserver env --url {server.url})"; "$0" -c "$1"'
    done = ended("sh", "-c", script, sys.executable, GET, XDG_DATA_HOME=str(tmp_path))
    assert "OK" in done.stdout, done.stderr
    assert [seen.endpoint for seen in server.requests.all()] == ["health"]


def test_env_without_a_server_is_one_line() -> None:
    done = call("env", "--url", "http://127.0.0.1:9")
    error = "error: --url: there is no server at http://127.0.0.1:9; `token-mockserver serve` "
    assert done.error() == f"{error}starts one"


@pytest.mark.parametrize(("name", "value"), [
    ("OFFLINE", "1"), ("CA_DIR", "missing"), ("UPSTREAM_PROXY", "http://127.0.0.1:9"),
])  # fmt: skip
def test_variables_for_serve_do_not_refuse_a_url(
    server: TokenServer, name: str, value: str
) -> None:
    variable = {f"TOKEN_MOCKSERVER_{name}": value}
    done = call("run", "--url", server.url, "--", "true", cwd=Path(), **variable)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("arguments", "text"), [
    (("--namespace", "a"), "--namespace needs --url"),
    *((("--url", "http://127.0.0.1:9", *flag.split()), f"{flag.split()[0]} is for a new server")
      for flag in ("--offline", "--ca-dir ca", "--upstream-proxy http://127.0.0.1:9")),
    (("--url", "127.0.0.1:9", "--namespace", "a"), "http"),
])  # fmt: skip
def test_wrong_usage_names_the_remedy(arguments: tuple[str, ...], text: str) -> None:
    assert text in call("run", *arguments, "--", "true").error()


def test_requests_that_the_journal_keeps_no_more_are_counted() -> None:
    code = (
        "from http.client import HTTPSConnection\n"
        "connection = HTTPSConnection('platform-server')\n"
        "for _ in range(1003):\n"
        " connection.request('GET', '/ds-api/')\n"
        " connection.getresponse().read()"
    )
    done = run(*PYTHON, code)
    last = "token-mockserver: 1003 requests (the last 1000: datasentinel 1000), 0 matched nothing"
    assert done.stderr.splitlines()[-1] == last
