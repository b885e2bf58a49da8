"""Settings of `serve`: a flag beats the environment, which beats the file; errors are named."""

import signal
import socket
from pathlib import Path

import pytest
import requests

from mockserver import RemoteMock
from tests.command_line import call, serving
from tests.store_urls import RedisServer
from tests.vendor_tokens import KITEGATEWAY_KEY, KITEGATEWAY_SECRET

FILE = "token-mockserver.toml"
UNWRITABLE = "port_file = 'missing/port'"
WAYS = ["file", "environment", "flag"]
HAS_IPV6 = socket.has_ipv6 and Path("/proc/net/if_inet6").exists()

each_way = pytest.mark.parametrize("way", WAYS)


def given(way: str, folder: Path, **settings: str) -> tuple[list[str], dict[str, str]]:
    """Write the file; return the flags and variables that give the settings in one way."""
    written = settings if way == "file" else {}
    values = {name: text if text.isdigit() else f'"{text}"' for name, text in written.items()}
    lines = ["port = 0", *(f"{name} = {value}" for name, value in values.items())]
    (folder / FILE).write_text("\n".join(lines))
    named = {name.replace("_", "-"): value for name, value in settings.items()}
    flags = [part for name, value in named.items() for part in (f"--{name}", value)]
    variables = {f"TOKEN_MOCKSERVER_{name.upper()}": value for name, value in settings.items()}
    return flags if way == "flag" else [], variables if way == "environment" else {}


@pytest.mark.parametrize("strongest", WAYS)
def test_flag_beats_the_environment_and_the_environment_the_file(
    strongest: str, tmp_path: Path
) -> None:
    used = WAYS[: WAYS.index(strongest) + 1]
    (tmp_path / FILE).write_text('port = 7401\nport_file = "file"\n')
    variables = {"TOKEN_MOCKSERVER_PORT": "0"}
    if "environment" in used:
        variables["TOKEN_MOCKSERVER_PORT_FILE"] = "environment"
    flags = ["--port-file", "flag"] if "flag" in used else []
    with serving(*flags, cwd=tmp_path, **variables) as server:
        assert (tmp_path / strongest).read_text() == f"{server.port}\n"
        assert server.port != 7401
    assert {path.name for path in tmp_path.iterdir()} == {FILE, strongest}


@each_way
def test_host_and_seed_can_be_set_in_each_way(way: str, tmp_path: Path) -> None:
    """Chance repeats with the seed."""
    flags, variables = given(way, tmp_path, host="localhost", seed="7")

    def statuses() -> list[int]:
        with serving(*flags, cwd=tmp_path, **variables) as server:
            assert server.url == f"http://localhost:{server.port}"
            RemoteMock(server.url).fail("datasentinel", probability=0.5)
            asked = [requests.get(f"{server.url}/ds-api/", timeout=10) for _ in range(32)]
        return [answer.status_code for answer in asked]

    first = statuses()
    assert set(first) == {200, 500}
    assert statuses() == first


@each_way
def test_state_in_a_file_survives_a_restart(way: str, tmp_path: Path) -> None:
    flags, variables = given(way, tmp_path, store="sqlite:///kept.db")
    with serving(*flags, cwd=tmp_path, **variables) as server:
        RemoteMock(server.url).clock.freeze(5)
    with serving(*flags, cwd=tmp_path, **variables) as server:
        assert RemoteMock(server.url).clock.now().timestamp() == 5
    assert (tmp_path / "kept.db").exists()


@pytest.mark.parametrize("way", ["environment", "flag"])
def test_another_file_is_read_instead_of_the_one_in_the_working_directory(
    way: str, tmp_path: Path
) -> None:
    (tmp_path / "other.toml").write_text('port = 0\n[kitegateway]\nheaders = "strict"\n')
    flags, variables = given(way, tmp_path, config="other.toml")
    (tmp_path / FILE).write_text("this is no toml")
    with serving(*flags, cwd=tmp_path, **variables) as server:
        answer = requests.post(
            f"{server.url}/v1/auth/token",
            headers=KITEGATEWAY_SECRET,
            json=KITEGATEWAY_KEY,
            timeout=10,
        )
    assert (answer.status_code, "Accept" in answer.json()["message"]) == (400, True)


@pytest.mark.parametrize("host", [
    "0.0.0.0",
    pytest.param("::1", marks=pytest.mark.skipif(not HAS_IPV6, reason="needs IPv6")),
])  # fmt: skip
def test_addresses_in_the_table_can_be_reached(host: str, tmp_path: Path) -> None:
    with serving("--host", host, "--port", "0", cwd=tmp_path) as server:
        shown = f"[{host}]" if ":" in host else host
        assert server.url == f"http://{shown}:{server.port}"
        for row in server.rows:
            address = row.split()[1]
            assert requests.get(f"{address}/nowhere", timeout=10).status_code == 404


@pytest.mark.parametrize(("text", "words"), [
    ("colour = 1", ["colour", FILE]),
    ("port_fil = 'x'", ["port_fil", FILE]),
    ("dstor = 1", ["dstor", FILE]),
    ("[nobody]\n", ["nobody"]),
    ("[port]\n", ["port"]),
    ("[dstor]\nttl = 1", ["dstor.ttl"]),
    ("[dapi.hosts]\n", ["dapi.hosts"]),
    ("port = ", [FILE, "is not TOML"]),
    ("port = 1\nport = 2", [FILE]),
    ("port = 'abc'", ["port", "abc"]),
    ("port = 70000", ["port", "70000"]),
    ("port = 7401.5", ["port"]),
    ("port = true", ["port"]),
    ("host = 1", ["host"]),
    ("port_file = 1", ["port_file"]),
    ("tls_hosts = 1", ["tls_hosts", "a list"]),  # the older name of tls_host
    ("seed = 'x'", ["seed"]),
    ("workers = 2", ["sqlite:///", "redis://"]),
])  # fmt: skip
def test_wrong_setting_in_the_file_is_named(text: str, words: list[str], tmp_path: Path) -> None:
    # The port file cannot be written: a setting that is taken by mistake ends here, too.
    (tmp_path / FILE).write_text(text if "port_file" in text else f"{UNWRITABLE}\n{text}")
    line = call("serve", cwd=tmp_path).error()
    assert "missing/port" not in line
    assert [word for word in words if word not in line] == []


@pytest.mark.parametrize(("flags", "word"), [
    (["--port", "70000"], "70000"),
    (["--port", "-1"], "-1"),
    (["--seed", "x"], "--seed"),
    (["--host", "192.0.2.1"], "192.0.2.1"),  # an address for documentation: nobody's
    (["--host", "x" * 64], "x" * 64),
    (["--host", "256.1.1.1"], "such as 127.0.0.1"),
    (["--config", "missing.toml"], "the configuration file missing.toml cannot be read: No such"),
    (["--config", "."], "."),
    (["--port-file", "missing/folder/port"], "port file"),
    (["--port-file", "."], "port file"),
    (["--workers", "2"], "sqlite:///"),
    (["--store", "postgres://u:s3cret@h/x"], "the given URL begins with none of them"),
    (["--store", "sqlite:///no/such/folder/x.db"], "no/such/folder/x.db: unable to open"),
    (["--store", "redis://:s3cret@127.0.0.1:1/0"], "refused"),
    (["--store", "redis://:s3cret@127.0.0.1:port/0"], "cannot be read"),
])  # fmt: skip
def test_wrong_flag_is_named(flags: list[str], word: str, tmp_path: Path) -> None:
    done = call("serve", "--port", "0", *flags, cwd=tmp_path)
    assert word in done.error()
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize(("name", "value"), [("PORT", "x"), ("WORKERS", "2")])
def test_wrong_variable_is_named(name: str, value: str, tmp_path: Path) -> None:
    line = call("serve", cwd=tmp_path, **{f"TOKEN_MOCKSERVER_{name}": value}).error()
    assert ("--port" if name == "PORT" else "--store") in line


def test_redis_is_a_store(shared_redis: RedisServer, tmp_path: Path) -> None:
    with serving("--port", "0", "--store", shared_redis.url(), cwd=tmp_path) as server:
        assert requests.get(f"{server.url}/__admin/health", timeout=10).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_port_file_exists_while_the_server_listens(
    number: signal.Signals, workers: str, tmp_path: Path
) -> None:
    """Nothing else is left behind."""
    shared = ["--workers", workers, "--store", f"sqlite:///{tmp_path}/kept.db"]
    flags = shared if workers == "2" else []
    with serving("--port", "0", "--port-file", "port", *flags, cwd=tmp_path) as server:
        assert (tmp_path / "port").read_text() == f"{server.port}\n"
        server.end(number)
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith("kept.db")}
    assert left == ({"port"} if number == signal.SIGKILL else set())


def test_port_file_of_another_server_is_left_alone(tmp_path: Path) -> None:
    with serving("--port", "0", "--port-file", "port", cwd=tmp_path) as server:
        (tmp_path / "port").write_text("1\n")
        server.end(signal.SIGTERM)
    assert (tmp_path / "port").read_text() == "1\n"


@pytest.mark.parametrize(("content", "words"), [
    ("prot = 1", "prot is not a setting"),
    ("[dapi]\nfoo = 1", "dapi.foo is not a setting"),
    ("[dapii]\nfoo = 1", "dapii is not a vendor"),
])  # fmt: skip
@pytest.mark.parametrize("command", ["serve", "run -- true", "ca"])
def test_an_unknown_setting_names_its_file(
    content: str, words: str, command: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text(content)
    assert f"{FILE}: {words}" in call(*command.split(), cwd=tmp_path).error()


def test_a_file_in_the_working_directory_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    line = call("serve", cwd=tmp_path).error()
    assert line == f"error: the configuration file {FILE} cannot be read: Is a directory"


@pytest.mark.parametrize("setting", ["verdicts = false", "offline = true"])
def test_run_ignores_a_setting_that_is_for_serve_only(setting: str, tmp_path: Path) -> None:
    """`verdicts` is another flag of `run`; the server at --url has its own settings."""
    (tmp_path / FILE).write_text(f"port = 0\n{setting}\n")
    with serving(cwd=tmp_path) as server:
        assert call("run", "--url", server.url, "--", "true", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("command", ["serve", "run -- true"])
def test_a_wrong_value_is_named_also_by_commands_that_ignore_it(
    command: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text("verdicts = 'strict'")
    assert "verdicts must be true or false" in call(*command.split(), cwd=tmp_path).error()
