"""`python -m benchmarks.in_process`: the cost of a call in the test process, of a start, of pytest.

Ours beside `responses`, and beside moto if it is installed; all in one run, in turns.
"""

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
import responses

from mockserver import TokenMock

ROUNDS = 15
CALLS = 200
IMPORTS = 25
URL = "https://platform-server/ds-api/user-token"
LOGIN = ("myUser", "myPassword")


def post(session: requests.Session) -> None:
    answer = session.post(URL, auth=LOGIN)
    assert answer.status_code == 201, answer.text


def microseconds(session: requests.Session) -> float:
    """Return the time of one call in microseconds, `requests` included."""
    begin = time.perf_counter()
    for _ in range(CALLS):
        post(session)
    return (time.perf_counter() - begin) / CALLS * 1e6


def static() -> float:
    """Measure a `responses` mock that answers with a constant."""
    with responses.RequestsMock() as mock, requests.Session() as session:
        mock.post(URL, json={"user-token": "x" * 200}, status=201)
        return microseconds(session)


def ours() -> float:
    """Measure a `TokenMock`, which signs a token and records the request in each call."""
    with TokenMock(), requests.Session() as session:
        return microseconds(session)


def calls() -> None:
    """Print the cost of a call."""
    post_of: dict[str, Callable[[], float]] = {"responses, static": static, "TokenMock": ours}
    seen: dict[str, list[float]] = {name: [] for name in post_of}
    for _ in range(ROUNDS):
        for name, measure in post_of.items():
            seen[name].append(measure())
    pairs = zip(seen["TokenMock"], seen["responses, static"], strict=True)
    ratio = statistics.median(mine / other for mine, other in pairs)
    print("one call, microseconds (median)")
    for name, values in seen.items():
        print(f"  {name:<22}{statistics.median(values):8.0f}")
    print(f"  {'ratio':<22}{ratio:8.2f}")


STARTS = {
    "python alone": "pass",
    "import responses": "import responses",
    "TokenMock": "from mockserver import TokenMock\nwith TokenMock(): pass",
    "moto": "from moto import mock_aws\nwith mock_aws(): pass",
}


def milliseconds(*arguments: str) -> float:
    """Return the milliseconds of a Python process; modules are already compiled."""
    compiling = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    begin = time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, env=compiling, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1e3


def starts() -> None:
    """Print the cost of a start."""
    seen: dict[str, list[float]] = {name: [] for name in STARTS}
    if importlib.util.find_spec("moto") is None:
        print("NOT MEASURED: moto is not installed")
        del seen["moto"]
    for number in range(IMPORTS + 1):
        for name, values in seen.items():
            taken = milliseconds("-c", STARTS[name])
            if number:  # the first round compiles
                values.append(taken)
    pairs = [*zip(seen["TokenMock"], seen["import responses"], strict=True)]
    more = statistics.median(mine - other for mine, other in pairs)
    ratio = statistics.median(mine / other for mine, other in pairs)
    print("a process that begins, milliseconds (median)")
    for name, values in seen.items():
        print(f"  {name:<22}{statistics.median(values):8.0f}")
    print(f"  {'over responses':<22}{more:+8.0f}")
    print(f"  {'ratio':<22}{ratio:8.2f}")


def empty_runs() -> None:
    """Print the cost of the plugin in a run of pytest whose only test does nothing."""
    runs: dict[str, list[str]] = {"without": ["-p", "no:token_mockserver"], "with the plugin": []}
    seen: dict[str, list[float]] = {name: [] for name in runs}
    with TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n")
        for number in range(IMPORTS + 1):
            for name, flags in runs.items():
                command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *flags, folder]
                taken = milliseconds(*command)
                if number:  # the first round compiles
                    seen[name].append(taken)
    pairs = zip(seen["with the plugin"], seen["without"], strict=True)
    print("pytest with one empty test, milliseconds (median)")
    for name, values in seen.items():
        print(f"  {name:<22}{statistics.median(values):8.0f}")
    print(f"  {'ratio':<22}{statistics.median(mine / other for mine, other in pairs):8.2f}")


def main() -> None:
    """Measure calls, starts and empty runs of pytest."""
    argparse.ArgumentParser(
        prog="python -m benchmarks.in_process", description=__doc__
    ).parse_args()
    calls()
    starts()
    empty_runs()


if __name__ == "__main__":
    main()
