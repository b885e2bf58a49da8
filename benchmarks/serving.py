"""`serve` of this environment, and the requests that are sent to it."""

import json
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.load import Ask
from benchmarks.processes import SERVER_CPU, answer, await_answer, free_port, running

PATH = "/ds-api/user-token"
LOGIN = {"Authorization": f"Basic {b64encode(b'myUser:myPassword').decode()}"}
TOKEN = Ask("POST", PATH, 201, LOGIN)
"""W1: obtain a token."""


def info(url: str) -> Ask:
    """Return W2: ask what a token contains that is obtained now."""
    token = json.loads(answer(url, TOKEN))["user-token"]
    return Ask("GET", f"{PATH}?token={quote(token)}", 200, LOGIN)


@contextmanager
def serve(*flags: str, cpu: int = SERVER_CPU) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Start a server; yield its process and its address."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "mockserver", "serve", "--port", str(port), *flags]
        with running(command, Path(folder), cpu) as process:
            url = f"http://127.0.0.1:{port}"
            await_answer(process, url, TOKEN)
            yield process, url
