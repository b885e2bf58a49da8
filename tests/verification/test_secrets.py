"""No secret that is sent or comes back is in anything that verify prints or writes."""

import json
import sys
from pathlib import Path

import pytest

from mockserver.model.http import Request, Response
from mockserver.verification.check_runner import checks_folder
from tests.command_line import LEAN, call, ended
from tests.verification.changes import Change, content_type, whole
from tests.verification.vendor_double import vendor_double

CREDENTIALS = {
    "dstor": {
        "DSTOR_API_KEY": "C4n4ry" * 10 + "abcd",
        "DSTOR_EMAIL": "canary@example.com",
        "DSTOR_PASSWORD": "canary-password",
    },
    "datasentinel": {
        "DATASENTINEL_USER": "canary-user",
        "DATASENTINEL_PASSWORD": "canary-password",
    },
    "dapi": {
        "DAPI_APP_SECRET": "canary-app-secret",
        "DAPI_ACCESS_CODE": "canary-access-code",
        "DAPI_CONNECTION_ID": "canary-connection",
        "DAPI_USER_SECRET": "canary-user-secret",
    },
    "kitegateway": {
        "KITEGATEWAY_API_KEY": "canary-api-key",
        "KITEGATEWAY_SECRET_KEY": "canary-secret-key",
    },
}

UNKNOWN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
"""A secret that nobody knew before, under a name that nobody knows."""


def echo(asked: Request, came: Response) -> Response:
    """Sends everything back that it was sent, where it does not belong."""
    sent = {
        "body": asked.body.decode("latin-1"),
        "headers": dict(asked.headers.pairs),
        "query": asked.query,
        "access_token": "opaque-canary-token",
        "fresh": UNKNOWN,
    }
    return came._replace(body=json.dumps({"message": str(sent), "error": sent, **sent}).encode())


def told(asked: Request, came: Response) -> Response:
    """Succeeds with what it was sent as the wrong content."""
    return echo(asked, came)._replace(status=200)


BABBLERS = {"echo": Change(answer=echo), "told": Change(answer=told)}


@pytest.mark.parametrize("change", BABBLERS.values(), ids=BABBLERS)
@pytest.mark.parametrize("vendor", CREDENTIALS)
def test_nothing_that_was_sent_or_came_is_shown(
    vendor: str, change: Change, tmp_path: Path
) -> None:
    with vendor_double(change) as double:
        done = call(
            *["verify", f"--base-url={vendor}={double.base_url(vendor)}", "--destructive"],
            *["--report", "junit,json,md,html", "--record", "--budget", "500"],
            cwd=tmp_path,
            **CREDENTIALS[vendor],
        )
    assert done.returncode == 1, done.stderr
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) >= 4
    shown = "\n".join([done.stdout, done.stderr, *written])
    for secret in [*CREDENTIALS[vendor].values(), "opaque-canary-token", UNKNOWN, "eyJ"]:
        assert secret not in shown, f"{secret} at {shown.index(secret)}"


def test_pytests_own_output_has_none_either(tmp_path: Path) -> None:
    """What `pytest contract_tests` prints of a failure at somebody's service is redacted too."""
    key = CREDENTIALS["dstor"]["DSTOR_API_KEY"]
    with vendor_double(whole("/", content_type("text/plain"))) as double:
        url = f"--vendor-url=dstor={double.base_url('dstor')}"
        command = [sys.executable, "-m", "pytest", *LEAN, str(checks_folder())]
        done = ended([*command, url, "--only-vendor=dstor"], tmp_path, **CREDENTIALS["dstor"])
    assert done.returncode == 1, done.stdout
    assert key not in done.stdout + done.stderr
