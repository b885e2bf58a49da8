"""`python -m interop.faults`: send one POST with each client, and break its answer.

Uses the clients and the programs of `interop.clients`. Writes a dated file into
`interop/results/`, and prints the difference from the file before it.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from interop.clients.catalog import Client, all_clients
from interop.clients.purchase import run
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


def main() -> None:
    """Run the clients."""
    parser = argparse.ArgumentParser(prog="python -m interop.faults", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="names of clients")
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    with TokenServer() as server:
        for folder, runtime, clients in all_clients():
            if folder in _ONCE:
                continue
            wanted = [each for each in clients if not options.only or each.name in options.only]
            for row in _results(server, CACHE / folder, runtime, wanted):
                print(*row.values(), sep=" | ", flush=True)
                rows.append(row)
    record(SUBJECT, replaced(latest(SUBJECT), rows, _KEYS) if options.only else rows, _KEYS)


def _results(
    server: TokenServer, folder: Path, runtime: Runtime, clients: Sequence[Client]
) -> Iterator[dict[str, object]]:
    if not clients or not is_installed(runtime, folder):
        return
    version = runtime.version(folder, "")
    for client in clients:
        if client.way_out or client.name in _OTHER_ADDRESS:
            continue
        command = [*runtime.command(folder, client.program), *client.arguments]
        if runtime.name in ("Python", "Node") and client.name not in _BY_PROXY:
            command = ["env", *(word for name in _PROXIES for word in ("-u", name)), *command]
        for fault, response in _FAULTS.items():
            count, printed = _sent(server, command, folder, response)
            said = _node_error(printed) if runtime.name == "Node" else ""
            said = said or _error(printed, is_python=runtime.name == "Python")
            yield {
                "runtime": runtime.name,
                "runtime_version": version,
                "client": client.name,
                "version": runtime.version(folder, client.package) if client.package else version,
                "fault": fault,
                "requests": count,
                "error": lasting(said, _VARYING, _LONGEST),
            }


def _sent(
    server: TokenServer, command: Sequence[str], folder: Path, response: dict[str, Any]
) -> tuple[int, str]:
    """Return how many requests came, and what the program printed."""
    server.reset()
    server.stub({"request": {"urlPath": "/v1/auth/token"}, "response": response})
    printed = run(("--url", server.url), command, folder, _PATIENCE)
    return len(server.requests.all()), printed


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
