"""Settings of `serve`: flag beats environment beats file beats default; what is wrong is named."""

import signal
import socket
from pathlib import Path

import pytest
import requests

from mockserver import RemoteMock
from tests.command_line import run, serving
from tests.vendor_tokens import KITEGATEWAY_KEY, KITEGATEWAY_SECRET

FILE = "token-mockserver.toml"
UNWRITABLE = "port_file = 'missing/port'"
WAYS = ["file", "environment", "flag"]
HAS_IPV6 = socket.has_ipv6 and Path("/proc/net/if_inet6").exists()


@pytest.mark.parametrize("strongest", WAYS)
def test_a_flag_beats_the_environment_and_the_environment_the_file(
    strongest: str, tmp_path: Path
) -> None:
    used = WAYS[: WAYS.index(strongest) + 1]
    (tmp_path / FILE).write_text('port = 0\nport_file = "file"\n')
    variables = {"TOKEN_MOCKSERVER_PORT_FILE": "environment"} if "environment" in used else {}
    flags = ["--port-file", "flag"] if "flag" in used else []
    with serving(*flags, cwd=tmp_path, **variables) as server:
        assert (tmp_path / strongest).read_text() == f"{server.port}\n"
    assert {path.name for path in tmp_path.iterdir()} == {FILE, strongest}


@pytest.mark.parametrize("way", WAYS)
def test_a_host_can_be_set_in_each_way(way: str, tmp_path: Path) -> None:
    in_file = 'host = "localhost"' if way == "file" else ""
    (tmp_path / FILE).write_text(f"port = 0\n{in_file}")
    variables = {"TOKEN_MOCKSERVER_HOST": "localhost"} if way == "environment" else {}
    flags = ["--host", "localhost"] if way == "flag" else []
    with serving(*flags, cwd=tmp_path, **variables) as server:
        assert server.url == f"http://localhost:{server.port}"


def test_the_port_of_the_environment_beats_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("port = 7401")
    with serving(cwd=tmp_path, TOKEN_MOCKSERVER_PORT="0") as server:
        assert server.port != 7401


@pytest.mark.parametrize("way", ["environment", "flag"])
def test_another_file_is_read_instead_of_the_one_in_the_working_directory(
    way: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text("this is no toml")
    (tmp_path / "other.toml").write_text('port = 0\n[kitegateway]\nheaders = "strict"\n')
    variables = {"TOKEN_MOCKSERVER_CONFIG": "other.toml"} if way == "environment" else {}
    flags = ["--config", "other.toml"] if way == "flag" else []
    with serving(*flags, cwd=tmp_path, **variables) as server:
        answer = requests.post(
            f"{server.url}/v1/auth/token",
            headers=KITEGATEWAY_SECRET,
            json=KITEGATEWAY_KEY,
            timeout=10,
        )
    assert (answer.status_code, "Accept" in answer.json()["message"]) == (400, True)


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        pytest.param("::1", marks=pytest.mark.skipif(not HAS_IPV6, reason="needs IPv6")),
    ],
)
def test_the_addresses_in_the_table_can_be_reached(host: str, tmp_path: Path) -> None:
    with serving("--host", host, "--port", "0", cwd=tmp_path) as server:
        shown = f"[{host}]" if ":" in host else host
        assert server.url == f"http://{shown}:{server.port}"
        for row in server.rows:
            address = row.split()[1]
            assert requests.get(f"{address}/nowhere", timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1", ["colour", FILE]),
        ("port_fil = 'x'", ["port_fil", FILE]),
        ("dstor = 1", ["dstor", FILE]),
        ("[nobody]\n", ["nobody"]),
        ("[port]\n", ["port"]),
        ("[dstor]\nttl = 1", ["dstor.ttl"]),
        ("[dstor]\ndefault_ttl = '1'", ["dstor.default_ttl"]),
        ("[dapi.hosts]\n", ["dapi.hosts"]),
        ("port = ", [FILE]),
        ("port = 1\nport = 2", [FILE]),
        ("port = 'abc'", ["port", "abc"]),
        ("port = 70000", ["port", "70000"]),
        ("port = 7401.5", ["port"]),
        ("port = true", ["port"]),
        ("host = 1", ["host"]),
        ("port_file = 1", ["port_file"]),
        ("seed = 'x'", ["seed"]),
        ("seed = 1.5", ["seed"]),
    ],
)
def test_a_wrong_setting_in_the_file_is_named_and_exit_code_2(
    text: str, words: list[str], tmp_path: Path
) -> None:
    # The port file cannot be written: a setting that is taken by mistake ends here, too.
    (tmp_path / FILE).write_text(text if "port_file" in text else f"{UNWRITABLE}\n{text}")
    done = run("serve", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert "missing/port" not in done.stderr
    for word in words:
        assert word in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (["--port", "70000"], "70000"),
        (["--port", "-1"], "-1"),
        (["--port", "x"], "x"),
        (["--seed", "x"], "--seed"),
        (["--host", "192.0.2.1"], "192.0.2.1"),  # an address for documentation: nobody's
        (["--host", "x" * 64], "x" * 64),
        (["--config", "missing.toml"], "missing.toml"),
        (["--config", "."], "."),
        (["--port-file", "missing/folder/port"], "port file"),
        (["--port-file", "."], "port file"),
    ],
)
def test_a_wrong_flag_is_named_and_exit_code_2(flags: list[str], word: str, tmp_path: Path) -> None:
    done = run("serve", "--port", "0", *flags, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert word in done.stderr.splitlines()[-1]


def test_a_wrong_variable_is_named_and_exit_code_2(tmp_path: Path) -> None:
    done = run("serve", cwd=tmp_path, TOKEN_MOCKSERVER_PORT="x")
    assert done.returncode == 2
    assert "--port" in done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_chance_repeats_with_the_seed(way: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("port = 0\nseed = 7\n" if way == "file" else "port = 0\n")
    variables = {"TOKEN_MOCKSERVER_SEED": "7"} if way == "environment" else {}
    flags = ["--seed", "7"] if way == "flag" else []

    def statuses() -> list[int]:
        with serving(*flags, cwd=tmp_path, **variables) as server:
            RemoteMock(server.url).fail("datasentinel", probability=0.5)
            asked = [requests.get(f"{server.url}/ds-api/", timeout=10) for _ in range(32)]
        return [answer.status_code for answer in asked]

    first = statuses()
    assert set(first) == {200, 500}
    assert statuses() == first


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_port_file_is_gone_when_nobody_listens(
    number: signal.Signals, workers: str, tmp_path: Path
) -> None:
    shared = ["--workers", workers, "--store", f"sqlite:///{tmp_path}/tokens.db"]
    with serving("--port", "0", "--port-file", "port", *shared, cwd=tmp_path) as server:
        assert (tmp_path / "port").exists()
        server.end(number)
    assert not (tmp_path / "port").exists()


def test_the_port_file_of_another_server_is_left_alone(tmp_path: Path) -> None:
    with serving("--port", "0", "--port-file", "port", cwd=tmp_path) as server:
        (tmp_path / "port").write_text("1\n")
        server.end(signal.SIGTERM)
    assert (tmp_path / "port").read_text() == "1\n"


def test_nothing_but_the_port_file_is_left_behind(tmp_path: Path) -> None:
    with serving("--port", "0", "--port-file", "port", cwd=tmp_path) as server:
        assert (tmp_path / "port").read_text() == f"{server.port}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["port"]
