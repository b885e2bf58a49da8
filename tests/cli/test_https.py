"""`serve` over https and as a proxy, and `ca`, which prints what clients have to trust."""

import os
import ssl
import subprocess
from pathlib import Path

import pytest
import requests

from tests.command_line import COMMAND, call, environment, run, serving
from tests.vendor_tokens import DATASENTINEL_LOGIN

TOKEN = "https://platform-server/ds-api/user-token"


def session(proxy: str, roots: Path) -> requests.Session:
    made = requests.Session()
    made.trust_env, made.verify, made.proxies = False, str(roots), {"https": proxy, "http": proxy}
    return made


def test_what_ca_prints_is_what_serve_uses(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    printed = call("ca", "--ca-dir", str(folder), cwd=tmp_path).stdout
    assert printed == (folder / "ca.pem").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["ca-key.pem", "ca.pem"]
    assert (folder / "ca-key.pem").stat().st_mode & 0o777 == 0o600
    flags = ("--port", "0", "--ca-dir", str(folder))
    with serving(*flags, cwd=tmp_path) as server, session(server.url, folder / "ca.pem") as client:
        assert client.post(TOKEN, headers=DATASENTINEL_LOGIN).status_code == 201
        secure = server.url.replace("http://127.0.0.1", "https://localhost")
        assert client.get(f"{secure}/__admin/certs/ca.pem").text == printed
        assert client.get(f"{secure}/__admin/certs/wiremock-ca.crt").text == printed
        store = client.get(f"{secure}/__admin/certs/ca.p12")
        assert store.headers["Content-Type"] == "application/x-pkcs12"
        assert store.content[:1] == b"0"  # DER


def test_formats_of_ca(tmp_path: Path) -> None:
    common = ("ca", "--ca-dir", str(tmp_path / "ca"))
    pem = call(*common, cwd=tmp_path).stdout
    for kind in ("der", "p12"):
        assert call(*common, "--format", kind, "--out", kind, cwd=tmp_path).stdout == ""
    assert ssl.DER_cert_to_PEM_cert((tmp_path / "der").read_bytes()) == pem
    checked = ["openssl", "pkcs12", "-in", "p12", "-passin", "pass:changeit", "-nokeys"]
    shown = subprocess.run(checked, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert pem.strip() in shown.stdout


def test_binary_format_of_ca_is_not_written_to_a_terminal(tmp_path: Path) -> None:
    terminal, theirs = os.openpty()
    command = [*COMMAND, "ca", "--ca-dir", str(tmp_path / "ca"), "--format", "p12"]
    done = subprocess.run(
        command, stdout=theirs, stderr=subprocess.PIPE, env=environment(), text=True, check=False
    )
    os.close(theirs)
    os.close(terminal)
    assert done.returncode == 2
    assert "--format p12 is binary and cannot be shown on a terminal: name a file" in done.stderr


def test_serve_makes_no_authority_without_tls(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    with serving("--port", "0", "--ca-dir", str(folder), cwd=tmp_path) as server:
        requests.get(f"{server.url}/__admin/health", timeout=10)
    assert not folder.exists()


@pytest.mark.parametrize(("folder", "cure"), [
    ("file/ca", "name another folder"),
    ("broken", "delete "),
])  # fmt: skip
def test_serve_refuses_a_folder_that_it_cannot_use(tmp_path: Path, folder: str, cure: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/ca-key.pem").write_text("no key")
    error = run("serve", "--port", "0", "--ca-dir", folder, cwd=tmp_path)
    assert (error.returncode, error.stdout, error.stderr.count("\n")) == (2, "", 1)
    assert error.stderr.startswith("error: ")
    assert cure in error.stderr


def test_a_broken_default_folder_is_a_warning_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "data/token-mockserver/ca"
    folder.mkdir(parents=True)
    (folder / "ca-key.pem").write_text("no key")
    data = str(tmp_path / "data")
    with serving("--port", "0", cwd=tmp_path, XDG_DATA_HOME=data) as served:
        assert served.process.stderr is not None
        assert "ca-key.pem cannot be used: it contains no key" in served.process.stderr.readline()


def test_run_uses_the_authority_of_the_folder(tmp_path: Path) -> None:
    made = call("ca", "--ca-dir", "ca", cwd=tmp_path).stdout
    shown = run("run", "--ca-dir", "ca", "--", "sh", "-c", 'cat "$SSL_CERT_FILE"', cwd=tmp_path)
    assert made.strip() in shown.stdout


def test_names_of_the_server_and_added_hosts_are_covered(tmp_path: Path) -> None:
    """Also by an authority that was made before."""
    folder = tmp_path / "ca"
    call("ca", "--ca-dir", str(folder), cwd=tmp_path)
    (tmp_path / "token-mockserver.toml").write_text(
        f'port = 0\nca_dir = "{folder}"\ntls_host = ["mock.test", "192.0.2.7"]\noffline = true\n'
        '[datasentinel]\nhosts = ["ds.example.org"]\n'
    )
    with serving(cwd=tmp_path) as server:
        roots = tmp_path / "now.pem"
        roots.write_bytes(requests.get(f"{server.url}/__admin/certs/ca.pem", timeout=10).content)
        with session(server.url, roots) as client:
            added = TOKEN.replace("platform-server", "ds.example.org")
            assert client.post(added, headers=DATASENTINEL_LOGIN).status_code == 201
            port = server.url.rpartition(":")[2]
            for name in ("mock.test", "192.0.2.7"):
                own = f"https://{name}:{port}/ds-api/user-token"
                assert client.post(own, headers=DATASENTINEL_LOGIN).status_code == 201
            with pytest.raises(requests.ConnectionError, match=r"other\.example is not the host"):
                client.get("https://other.example/")
            assert client.get("http://other.example/").status_code == 403


@pytest.mark.parametrize("arguments", [("--ca-dir", "file"), ("--out", "missing/file")])
def test_ca_names_what_it_cannot_use(tmp_path: Path, arguments: tuple[str, str]) -> None:
    (tmp_path / "file").touch()
    done = call("ca", "--ca-dir", "ca", *arguments, cwd=tmp_path)
    assert arguments[0] in done.error()
