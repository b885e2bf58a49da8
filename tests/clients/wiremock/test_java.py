"""WireMock's client for Java. It reads typed JSON, and refuses fields that it does not know."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.clients.wiremock.conftest import ADMIN_TOKEN
from tests.clients.wiremock.npm import HERE, needed, run, steps
from tests.clients.wiremock.seen import see_delay, see_everything_reset, see_faults

_STEP = r"^  static void (?!orders|resetsEverything)(\w+)"  # these have a test of their own


@pytest.fixture(scope="module")
def classes(node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The class path with our program, compiled, and WireMock's jar."""
    (jar,) = node_modules.glob("wiremock/build/*.jar")
    folder, source = tmp_path_factory.mktemp("classes"), str(HERE / "JavaClient.java")
    compiled = run(needed("javac"), "-cp", str(jar), "-d", str(folder), source, folder=folder)
    assert compiled.returncode == 0, compiled.stdout
    return os.pathsep.join(map(str, (folder, jar)))


def asked(classes: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    flags = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # a short run: start fast
    return run(needed("java"), *flags, "-cp", classes, "JavaClient", *arguments, folder=HERE)


def done(classes: str, *arguments: str) -> None:
    ended = asked(classes, *arguments)
    assert ended.returncode == 0, ended.stdout


def test_client_drives_the_server(classes: str, base: str) -> None:
    done(classes, base, ",".join(steps("JavaClient.java", _STEP)))
    done(classes, base, "ordersFaults")
    see_faults(base)
    done(classes, base, "ordersADelay")
    see_delay(base, 0.06)
    done(classes, base, "resetsEverything")
    see_everything_reset(base)


def test_admin_token_is_sent_as_a_header(classes: str, guarded: str) -> None:
    assert "NotAuthorisedException" in asked(classes, guarded, "drivesAStub").stdout
    done(classes, guarded, "drivesAStub", ADMIN_TOKEN)
