"""`python -m benchmarks.in_process`: the cost of a call in the test process, and of a start.

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


def milliseconds(code: str) -> float:
    """Return the milliseconds of a process that runs `code`; modules are already compiled."""
    compiling = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=compiling)
    return (time.perf_counter() - begin) * 1e3


def starts() -> None:
    """Print the cost of a start."""
    seen: dict[str, list[float]] = {name: [] for name in STARTS}
    if importlib.util.find_spec("moto") is None:
        print("NOT MEASURED: moto is not installed")
        del seen["moto"]
    for number in range(IMPORTS + 1):
        for name, values in seen.items():
            taken = milliseconds(STARTS[name])
            if number:  # the first round compiles
                values.append(taken)
    pairs = zip(seen["TokenMock"], seen["import responses"], strict=True)
    more = statistics.median(mine - other for mine, other in pairs)
    print("a process that begins, milliseconds (median)")
    for name, values in seen.items():
        print(f"  {name:<22}{statistics.median(values):8.0f}")
    print(f"  {'over responses':<22}{more:+8.0f}")


def main() -> None:
    """Measure calls and starts."""
    argparse.ArgumentParser(
        prog="python -m benchmarks.in_process", description=__doc__
    ).parse_args()
    calls()
    starts()


if __name__ == "__main__":
    main()
