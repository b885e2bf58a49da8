"""Load from `wrk`, with every status checked."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Ask:
    """One request, and the status that its answer must have."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Load:
    """The measurements of a period of load. Latencies in milliseconds."""

    rate: float
    p50: float
    p99: float
    requests: int


def load(  # noqa: PLR0913 - the last two by name
    url: str,
    ask: Ask,
    seconds: float,
    cpu: int,
    connections: int = CONNECTIONS,
    *,
    differing: bool = False,
) -> Load:
    """Repeat a request on kept connections, from one thread on `cpu`.

    `differing`: each has a header field of its own, as clients send that trace their requests.

    Raises RuntimeError if a connection fails, or an answer is no success: wrk counts these. That a
    success is the right one is for the caller to look at, before and after.
    """
    headers = [word for pair in ask.headers.items() for word in pair]
    done = subprocess.run(
        [
            *("taskset", "-c", str(cpu), program("wrk"), "-t1", f"-c{connections}"),
            *(f"-d{seconds:g}s", "--timeout", "10s", "-s", str(_SCRIPT), url + ask.path),
            *("--", str(int(differing)), ask.method, ask.body, *headers),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout.splitlines()[-1])
    if seen["failed"] or seen["refused"] or not seen["requests"]:
        raise RuntimeError(f"{ask.method} {url}{ask.path}: {seen}")
    rate = seen["requests"] / seen["seconds"]
    return Load(rate, seen["p50"], seen["p99"], seen["requests"])


def program(name: str) -> str:
    """Return the path of a program; exit with a message if it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is needed: apt-get install {name}")
    return found
