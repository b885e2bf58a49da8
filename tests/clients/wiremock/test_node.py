"""The clients for JavaScript: npm's `wiremock-rest-client` and `wiremock-captain`."""

import subprocess
from pathlib import Path

import pytest

from tests.clients.wiremock.conftest import ADMIN_TOKEN
from tests.clients.wiremock.npm import HERE, needed, run, steps
from tests.clients.wiremock.seen import see_delay, see_everything_reset, see_faults

REST, CAPTAIN = "rest_client.js", "captain.js"
_STEP = r"^  async (?!order_|reset_everything|be_refused)(\w+)"  # these have a test of their own
BOTH = pytest.mark.parametrize("client", [REST, CAPTAIN])


def asked(modules: Path, client: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["env", f"NODE_PATH={modules}", needed("node"), str(HERE / client)]
    return run(*command, *arguments, folder=modules)


def done(modules: Path, client: str, *arguments: str) -> None:
    ended = asked(modules, client, *arguments)
    assert ended.returncode == 0, ended.stdout


@BOTH
def test_client_drives_the_server(node_modules: Path, base: str, client: str) -> None:
    done(node_modules, client, base, ",".join(steps(client, _STEP)))
    done(node_modules, client, base, "order_faults")
    see_faults(base)
    done(node_modules, client, base, "order_a_delay")
    see_delay(base, 0.06)
    done(node_modules, client, base, "reset_everything")
    see_everything_reset(base)


def test_unsupported_call_ends_the_client(node_modules: Path, base: str) -> None:
    ended = asked(node_modules, REST, base, "be_refused")
    assert (ended.returncode, "[404]" in ended.stdout) == (1, True)


def test_admin_token_is_sent_as_a_header(node_modules: Path, guarded: str) -> None:
    step = "a_stub_is_created_listed_got_updated_and_deleted"
    assert "[401]" in asked(node_modules, REST, guarded, step).stdout
    done(node_modules, REST, guarded, step, ADMIN_TOKEN)
