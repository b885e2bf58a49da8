"""`token-mockserver verify` as a command: what it takes, prints, writes, and exits with."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from mockserver import RemoteMock
from mockserver.vendors import vendor_names
from tests.command_line import COMMAND, call, environment, run, serving
from tests.verification.changes import success, with_
from tests.verification.vendor_double import VendorDouble, vendor_double

FIELDS = ["id", "vendor", "statement", "tag", "source", "verdict", "grade", "detail"]
WORST = success("/v1/auth/token", with_(status="ok"))
NOBODY = "https://127.0.0.1:1"


def at(double: VendorDouble, *vendors: str) -> list[str]:
    return [f"--base-url={vendor}={double.base_url(vendor)}" for vendor in vendors]


def test_the_mock_agrees(tmp_path: Path) -> None:
    done = run("verify", "--report", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.match(r"\.{60}", done.stderr)
    assert "\x1b" not in done.stdout + done.stderr  # colors are for terminals
    heads, *rows, _, counts, summary = done.stdout.splitlines()
    assert heads.split() == ["vendor", "tag", "verdict", "statement,", "and", "what", "was", "seen"]
    assert {row.split()[0] for row in rows if row[0] != " "} == set(vendor_names())
    assert re.fullmatch(r"\d+ agrees", counts)
    assert re.fullmatch(r"target mock: \d+ calls, answered by 127.0.0.1:\d+", summary)
    report = json.loads((tmp_path / "report.json").read_text())
    assert list(report) == ["target", "hosts", "calls", "checks"]
    assert {tuple(check) for check in report["checks"]} == {tuple(FIELDS)}
    assert {check["verdict"] for check in report["checks"]} == {"agrees"}


@pytest.mark.parametrize("door", ["serve", "flask", "requests"])
def test_the_mock_agrees_behind_every_door(door: str, tmp_path: Path) -> None:
    done = run("verify", "--door", door, "--vendor", "datasentinel", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not-checked" not in done.stdout


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_no_color(no_color: str, coloured: bool, tmp_path: Path) -> None:
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "verify", "--base-url", f"dstor={NOBODY}"],
        cwd=tmp_path,
        env=environment(NO_COLOR=no_color, TERM="xterm"),
        stdout=slave,
        stderr=subprocess.DEVNULL,
    ):
        os.close(slave)
        shown = b"".join(iter(lambda: read(master), b""))
    os.close(master)
    assert (b"\x1b[3" in shown) is coloured
    assert b"NOTHING WAS CHECKED" in shown


def read(terminal: int) -> bytes:
    """What it shows; b"" when nobody writes to it any more."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


def test_drift_exits_with_1_and_every_report_says_so(tmp_path: Path) -> None:
    with vendor_double(WORST) as double:
        done = call(
            *["verify", *at(double, "kitegateway"), "--report", "junit,json,md,html"],
            *["--report-dir", "reports/tonight"],
            cwd=tmp_path,
            **double.environment("kitegateway"),
        )
    assert done.returncode == 1, done.stderr
    assert "drifted (breaking)" in done.stdout
    folder = tmp_path / "reports" / "tonight"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("report.html", "report.json", "report.md", "report.xml")
    ]
    for path in folder.iterdir():
        text = path.read_text()
        assert "breaking" in text
        assert "YOUR_SECRET" not in text


@pytest.mark.parametrize(("namespace", "vendor"), [("", "/datasentinel"), ("/ns/mine", "")])
def test_a_mock_of_ours_is_checked_in_a_namespace_and_stays_as_it_was(
    namespace: str, vendor: str, tmp_path: Path
) -> None:
    """Its address with or without a vendor's path will do; what only a mock can do is checked."""
    with serving("--port", "0", cwd=tmp_path) as server:
        mock = RemoteMock(server.url + namespace)
        mock.clock.freeze("2026-05-01T12:00:00Z")
        mock.fail("datasentinel", endpoint="create_token", status=500, times=1)
        mock.mint("datasentinel")
        before = mock.tokens()
        address = f"{mock.url}{vendor}"
        done = call("verify", f"--base-url=datasentinel={address}", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "not-checked" not in done.stdout
        assert "kitegateway" not in done.stdout
        assert f"target datasentinel at {address}: " in done.stdout
        assert mock.clock.now().isoformat() == "2026-05-01T12:00:00+00:00"
        assert mock.tokens() == before
        assert mock.requests.all() == []
        url = f"{mock.url}/datasentinel/ds-api/user-token"
        assert requests.post(url, auth=("myUser", "myPassword")).status_code == 500


@pytest.mark.parametrize(("arguments", "word"), [
    (["--vendor", "nobody"], "'nobody' is not a vendor"),
    (["--target", "moon"], "moon"),
    (["--target", "production"], "--allow-production"),
    (["--base-url", "dstor"], "give VENDOR=URL"),
    (["--base-url", "https://a-name-of-a-host.test/?k=s3cr3t"], "is not a vendor"),
    (["--base-url", "https://me:s3cr3t@example.org"], "give VENDOR=URL"),
    (["--base-url", "dstor=ftp://127.0.0.1"], "base URL"),
    (["--base-url", "dstor=http://[::1"], "not a URL"),
    (["--base-url", "dstor=http://example.org"], "use https"),
    (["--base-url", "dstor=https://me:s3cr3t@example.org"], "credentials do not belong"),
    (["--base-url", "dstor=https://api.dstor.cloud"], "--allow-production"),
    (["--base-url", "dapi=https://KITEGATEWAY.com/"], "--allow-production"),
    (["--base-url", "kitegateway=https://kitegateway.com./"], "--allow-production"),
    (["--base-url", "dstor=https://api.dstor.cloud.:443/v1"], "--allow-production"),
    (["--base-url", f"dstor={NOBODY}", "--base-url", f"dstor={NOBODY}"], "twice"),
    (["--base-url", f"dstor={NOBODY}", "--vendor", "dapi"], "leaves it out"),
    (["--report", "pdf"], "'pdf' is none of junit, json, md, html"),
    (["--budget", "0"], "budget"),
    (["--record"], "--target sandbox, or --base-url VENDOR=URL"),
    (["--ca-bundle", "nowhere.pem"], "nowhere.pem"),
])  # fmt: skip
def test_wrong_usage_exits_with_2_and_one_line(
    arguments: list[str], word: str, tmp_path: Path
) -> None:
    done = call("verify", *arguments, cwd=tmp_path)
    assert word in done.error()
    assert "s3cr3t" not in done.stderr


def test_a_production_in_the_environment_needs_leave_too(tmp_path: Path) -> None:
    sandbox = ["verify", "--target", "sandbox", "--vendor", "datasentinel"]
    done = call(*sandbox, cwd=tmp_path, DATASENTINEL_URL="https://api.dstor.cloud")
    assert done.returncode == 2
    assert "api.dstor.cloud is a vendor's production" in done.stderr


def test_nothing_checked_at_a_named_address_is_loud_and_exits_with_3(tmp_path: Path) -> None:
    done = call("verify", "--base-url", f"dstor={NOBODY}", cwd=tmp_path)
    assert done.returncode == 3
    *_, summary, last = done.stdout.splitlines()
    assert summary == f"target dstor at {NOBODY}: 4 calls, answered by no host"
    assert last.startswith("NOTHING WAS CHECKED: host unreachable")


def test_one_of_two_named_addresses_that_answers_is_not_enough(tmp_path: Path) -> None:
    with vendor_double() as double:
        named = ["--base-url", f"dstor={NOBODY}", *at(double, "datasentinel")]
        known = double.environment("datasentinel")
        done = call("verify", *named, cwd=tmp_path, **known)
    assert done.returncode == 3, done.stdout
    assert f"target dstor at {NOBODY}, datasentinel at {double.url}" in done.stdout


@pytest.mark.parametrize(("flags", "code"), [((), 0), (("--require-live",), 3)])
def test_nothing_checked_at_a_target_is_loud(
    flags: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    arguments = ["verify", "--target", "sandbox", "--vendor", "datasentinel", *flags]
    done = call(*arguments, cwd=tmp_path, DATASENTINEL_URL="")
    assert done.returncode == code
    assert "NOTHING WAS CHECKED: no address: DATASENTINEL_URL is not set" in done.stdout


def test_the_loud_line_begins_with_what_can_be_mended(tmp_path: Path) -> None:
    with vendor_double() as double:
        known = {"DAPI_APP_SECRET": ""}
        vendors = ["--vendor", "dapi", "--budget", "1", "--destructive"]
        done = call("verify", *at(double, "dapi"), *vendors, cwd=tmp_path, **known)
    last = done.stdout.splitlines()[-1]
    assert last.startswith("NOTHING WAS CHECKED: credential missing: DAPI_")


def test_a_budget_that_is_given_counts_for_the_mock_of_the_run(tmp_path: Path) -> None:
    done = call("verify", "--vendor", "datasentinel", "--budget", "3", cwd=tmp_path)
    assert "target mock: 3 calls" in done.stdout
    assert "budget spent: 3 calls were made" in done.stdout


def test_a_target_without_an_address_is_not_checked(tmp_path: Path) -> None:
    production = ["verify", "--target", "production", "--allow-production", "--vendor", "dapi"]
    assert "dapi has no production" in call(*production, cwd=tmp_path).stdout


def test_the_environment_has_a_variable_for_a_flag(tmp_path: Path) -> None:
    with vendor_double() as double:
        variables = {
            "TOKEN_MOCKSERVER_TARGET": "sandbox",
            "TOKEN_MOCKSERVER_VENDOR": "datasentinel",
            "TOKEN_MOCKSERVER_REPORT": "json",
            "TOKEN_MOCKSERVER_REPORT_DIR": "there",
            "TOKEN_MOCKSERVER_BUDGET": "9",
            "DATASENTINEL_URL": double.base_url("datasentinel"),
        }
        known = double.environment("datasentinel")
        done = call("verify", cwd=tmp_path, **variables, **known)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    assert (report["target"], report["calls"]) == ("sandbox", 9)
    assert {check["vendor"] for check in report["checks"]} == {"datasentinel"}


@pytest.mark.parametrize(("vendor", "known", "words"), [
    ("kitegateway", {"KITEGATEWAY_API_KEY": "k"},
     "credential missing: KITEGATEWAY_SECRET_KEY is not set"),
    ("dapi", {},
     "\nnot set: DAPI_APP_SECRET, DAPI_ACCESS_CODE, DAPI_CONNECTION_ID, DAPI_USER_SECRET\n"),
])  # fmt: skip
def test_missing_credentials_are_named(
    vendor: str, known: dict[str, str], words: str, tmp_path: Path
) -> None:
    with vendor_double() as double:
        done = call("verify", *at(double, vendor), cwd=tmp_path, **known)
    assert words in done.stdout
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("number", "flags"), [(signal.SIGTERM, ["--door", "serve"]), (signal.SIGINT, [])]
)
def test_a_signal_ends_it_with_130_and_the_report_of_what_was_checked(
    number: signal.Signals, flags: list[str], tmp_path: Path
) -> None:
    """No server of it is left."""
    # In the background of a shell SIGINT is ignored, and a child would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [*COMMAND, "verify", "--report", "json", *flags],
        cwd=tmp_path,
        env=environment(TMPDIR=str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        signal.signal(signal.SIGINT, before)
        assert process.stderr
        assert process.stderr.read(1) == "."
        ports = [int(path.read_text()) for path in tmp_path.rglob("port")]
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, len(ports)) == (130, 1 if flags else 0)
    assert "Traceback" not in errors
    checks = json.loads((tmp_path / "report.json").read_text())["checks"]
    made = [check for check in checks if check["verdict"] == "agrees"]
    rest = [check for check in checks if check["detail"] == "interrupted"]
    assert made
    assert rest
    assert {check["verdict"] for check in rest} == {"not-checked"}
    assert len(made) + len(rest) == len(checks)
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
