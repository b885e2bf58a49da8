"""`python -m interop.faults`: send a request with each client, and break its answer.

Each client sends a POST and a GET, each on a new connection and on one that a first request used.
Uses the clients and the programs of `interop.clients`. Writes a dated file into
`interop/results/`, and prints the difference from the file before it.
"""

import argparse
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from interop.clients.catalog import Client, all_clients
from interop.clients.purchase import completed, started, without_end
from interop.clients.runtimes import CACHE, Runtime, is_installed
from interop.results import lasting, latest, record, replaced
from token_mockserver import TokenServer

SUBJECT = "faults"
_KEYS = ("runtime", "runtime_version", "client", "fault")
_PATIENCE = 25  # seconds; wget tries twenty times
_LONGEST = 140  # characters of an error
_RETRY = {"status": 503, "headers": {"Retry-After": "1"}}
_FAULTS: dict[str, dict[str, Any]] = {
    "EMPTY_RESPONSE": {"fault": "EMPTY_RESPONSE"},
    "CONNECTION_RESET_BY_PEER": {"fault": "CONNECTION_RESET_BY_PEER"},
    "MALFORMED_RESPONSE_CHUNK": {"fault": "MALFORMED_RESPONSE_CHUNK"},
    "RANDOM_DATA_THEN_CLOSE": {"fault": "RANDOM_DATA_THEN_CLOSE"},
    "503, Retry-After: 1": _RETRY,
}
_VARYING = {
    re.escape(f"{CACHE}/") + r"[^/ ]+/": "",
    r"/\S*/(?=[\w.]+:\d+:in )": "",
    r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ": "",
    r"0x[0-9a-f]{6,}|127\.0\.0\.1[:, ]+\d+": "...",
    r"[^ -~]+.*": "...",  # the random data itself
}
_ERROR = re.compile(r"(?i)error|exception|failed|curl: \(|EOF|reset|refused|malformed|invalid")
_ONCE = ("node-20", "node-24", "go-debian")  # one version of a runtime is enough here
# The start-up files of `run` lead these without a proxy, whose errors would differ.
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_BY_PROXY = ("pycurl", "tornado curl", "curl_cffi", "pyreqwest")
_NODE_ERROR = re.compile(r"(?m)^\s*(\w*Error(?: \[\w+\])?: .*)")
_NODE_CODE = re.compile(r"\bcode: '([A-Z_]+)'")
_OTHER_ADDRESS = ("dapi-python", "@dapi-co/dapi-node")  # they call another vendor
_OURS = re.compile(r"token-mockserver: |\s+at |Picked up |\[Symbol|node:|Node\.js v|\}|\s*$")


_METHODS = ("POST", "GET")
_PATH = {"urlPath": "/v1/auth/token"}
_GOOD = "good answer"
_ADDRESS = "/kitegateway/v1/auth/token"
_BY_ADDRESS = ("HTTP::Tiny",)  # through a proxy it keeps no connection


class Outcome(NamedTuple):
    """What came of a program: the connections of its requests, in order, and what it printed."""

    connections: Sequence[int]
    printed: str


def main() -> None:
    """Run the clients."""
    parser = argparse.ArgumentParser(prog="python -m interop.faults", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="environments or clients")
    options = parser.parse_args()
    only, rows = {*options.only}, list[dict[str, object]]()
    with TokenServer() as server, _environment(server) as environment:
        for folder, runtime, clients in all_clients():
            if folder in _ONCE:
                continue
            wanted = [each for each in clients if not only or {folder, each.name} & only]
            for row in _results(server, environment, CACHE / folder, runtime, wanted):
                print(*row.values(), sep=" | ", flush=True)
                rows.append(row)
    record(SUBJECT, replaced(latest(SUBJECT), rows, _KEYS) if only else rows, _KEYS)


@contextmanager
def _environment(server: TokenServer) -> Iterator[Mapping[str, str]]:
    """Provide the variables that `token-mockserver run` sets; they are valid while it runs."""
    with TemporaryDirectory() as folder:
        variables = Path(folder) / "variables"
        shell = ("sh", "-c", f"env -0 > {variables}.new && mv {variables}.new {variables} && cat")
        with started(("--url", server.url), shell, Path(folder)) as process:
            while not variables.exists():
                if process.poll() is not None:
                    raise SystemExit("token_mockserver cannot be run; is it installed?")
                time.sleep(0.05)
            pairs = variables.read_text().rstrip("\0").split("\0")
            yield dict(pair.split("=", 1) for pair in pairs)


def _results(
    server: TokenServer,
    variables: Mapping[str, str],
    folder: Path,
    runtime: Runtime,
    clients: Sequence[Client],
) -> Iterator[dict[str, object]]:
    if not clients or not is_installed(runtime, folder):
        return
    version = runtime.version(folder, "")
    for client in clients:
        if client.name in _OTHER_ADDRESS:
            continue
        command = [*runtime.command(folder, client.program), *client.arguments]
        environment = _environment_of(client, runtime, variables, server.url)

        def run(
            response: dict[str, Any],
            methods: Sequence[str],
            command: Sequence[str] = command,
            environment: Mapping[str, str] = environment,
        ) -> Outcome:
            return _sent(server, [*command, *methods], folder, environment, response)

        # A client that keeps no connection sends a second request like a first one.
        connections = run({"status": 200, "body": _GOOD}, ("POST", "POST")).connections
        keeps = len(connections) == 2 and len({*connections}) == 1
        for fault, response in _FAULTS.items():
            fresh = {method: run(response, [method]) for method in _METHODS}
            kept = {method: run(response, [method] * 2) for method in _METHODS if keeps}
            printed = fresh["POST"].printed
            said = _node_error(printed) if runtime.name == "Node" else ""
            said = said or _error(printed, is_python=runtime.name == "Python")
            yield {
                "runtime": runtime.name,
                "runtime_version": version,
                "client": client.name,
                "version": runtime.version(folder, client.package) if client.package else version,
                "fault": fault,
                "new": {method: len(sent.connections) for method, sent in fresh.items()},
                "kept": {method: _after_the_first(sent) for method, sent in kept.items()},
                "error": lasting(said, _VARYING, _LONGEST),
            }


def _environment_of(
    client: Client, runtime: Runtime, variables: Mapping[str, str], url: str
) -> Mapping[str, str]:
    environment = dict(variables)
    if client.way_out or client.name in _BY_ADDRESS:
        environment["TOKEN_URL"] = url + _ADDRESS
    leads = runtime.name in ("Python", "Node") and client.name not in _BY_PROXY
    for name in _PROXIES if leads or "TOKEN_URL" in environment else ():
        environment.pop(name, None)
    return environment


def _sent(
    server: TokenServer,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    response: dict[str, Any],
) -> Outcome:
    """Run a program; all its requests but the last get a good response."""
    server.reset()
    good = len([word for word in command if word in _METHODS]) - 1
    server.stub({"request": _PATH, "priority": 9, "response": {"status": 200, "body": _GOOD}})
    server.stub({"request": _PATH, "priority": 1, "skip": good, "response": response})
    try:
        done = completed(command, folder, environment, _PATIENCE)
        printed = f"{done.stdout}\n{done.stderr}"
    except subprocess.TimeoutExpired:
        printed = without_end(_PATIENCE)
    mock: Any = server  # the public journal does not name connections
    entries = mock._application.engine.state.journal.all()
    return Outcome([entry.facts.client for entry in entries], printed)


def _after_the_first(sent: Outcome) -> int | None:
    """Return how many requests followed the first; None if the second had another connection."""
    first, *others = sent.connections or [0]
    return len(others) if others[:1] == [first] else None


def _error(printed: str, *, is_python: bool) -> str:
    """Return the line that names the error; Python's tracebacks end with it."""
    lines = [line.strip() for line in printed.splitlines() if not _OURS.match(line)]
    named = [] if is_python else [line for line in lines if _ERROR.search(line)]
    return (named or lines or [""])[-1]


def _node_error(printed: str) -> str:
    """Return the first error that Node prints, and the code of its cause."""
    error, code = _NODE_ERROR.search(printed), _NODE_CODE.search(printed)
    return ", ".join([*([error[1].rstrip(" {")] if error else []), *([code[1]] if code else [])])


if __name__ == "__main__":
    main()
