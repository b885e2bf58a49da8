"""Commands about requests as they come, stubs, and waiting for a server."""

import json
import select
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.command_line import COMMAND, Served, call, environment, serving


def test_stubs_are_listed_and_removed(served: Served) -> None:
    url = f"{served.url}/ns/stubs"
    assert call("stubs", "list", "--url", url).stdout == "no stubs\n"
    call("fail", "dstor", "--times", "2", "--url", url)
    call("fail", "dapi", "--url", url)
    listed = json.loads(call("stubs", "list", "--json", "--url", url).stdout)
    assert [each["metadata"]["token-mockserver"]["vendor"] for each in listed] == ["dapi", "dstor"]
    removed = call("stubs", "remove", listed[0]["id"], "--url", url)
    assert (removed.returncode, removed.stdout) == (0, "1 removed\n")
    for wrong in (["x"], [], [listed[1]["id"], "--all"]):
        assert call("stubs", "remove", *wrong, "--url", url).returncode == 2
    assert call("stubs", "remove", "--all", "--url", url).stdout == "1 removed\n"


def test_health_waits_for_a_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    assert call("health", "--wait", "0.2", "--url", url).returncode == 1
    command = [*COMMAND, "health", "--wait", "60", "--url", url]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as waiting:
        with serving("--port", port, cwd=tmp_path):
            assert waiting.communicate()[0] == "healthy\n"
        assert waiting.returncode == 0


def test_requests_are_followed(served: Served) -> None:
    url = f"{served.url}/ns/follow"
    command = [*COMMAND, "requests", "--follow", "--url", url]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as shown:
        # Until it listens nothing is shown: the first line is that of any of these requests.
        line = ""
        while not line:
            requests.get(f"{url}/v1/nothing?password=not-to-be-shown")
            line = _line_of(shown)
        shown.kill()
    assert "404  GET /v1/nothing?password=[redacted:" in line


def _line_of(shown: "subprocess.Popen[str]") -> str:
    """Return a line if one is there within a fifth of a second."""
    assert shown.stdout is not None
    ready, _, _ = select.select([shown.stdout], [], [], 0.2)
    return shown.stdout.readline() if ready else ""


def test_verbose_prints_a_line_for_each_request(tmp_path: Path) -> None:
    with serving("--port", "0", "--verbose", cwd=tmp_path) as served:
        requests.get(f"{served.url}/v1/nothing?password=not-to-be-shown")
        host = urlsplit(served.url)
        with socket.create_connection((str(host.hostname), host.port or 0)) as client:
            client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 400")
        assert served.process.stderr is not None
        for namespace in ("", "/ns/mine", "/ns/no:name"):
            requests.get(f"{served.url}{namespace}/datasentinel/ds-api/roles")
        lines = [served.process.stderr.readline() for _ in range(5)]
    assert "GET http://127.0.0.1" in lines[0]
    assert "password=[redacted:" in lines[0]
    assert "-> 404" in lines[0]
    assert "HTTP/1.1 only" in lines[1]
    for namespace, line in zip(("", "/ns/mine"), lines[2:4], strict=True):
        assert f"{host.port}{namespace}/datasentinel/ds-api/roles -> 401 (" in line
    assert f"{host.port}/ns/no:name/datasentinel/ds-api/roles -> 4" in lines[4]


def test_h_is_help() -> None:
    assert call("-h").stdout == call("--help").stdout
