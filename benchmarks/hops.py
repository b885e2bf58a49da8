"""`python -m benchmarks.hops`: how many of our functions and files a warm call goes through.

A change of file is a call of one of our functions whose nearest caller of ours, if there is one,
is in another file. The numbers do not depend on the machine: a test holds them below `LIMITS`.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import requests

import mockserver
from mockserver import TokenMock, TokenServer

LIMITS = {"requests.post": 55, "clock.now": 25, "server POST": 90}
"""The largest number of changes of file, by name of the call."""

_OURS = str(Path(mockserver.__file__).parent)
_PATH = "/v1/auth/token"
_WARM_UP = 20


class HopCounter:
    """A profile function that counts while `active` is true.

    `calls`: of functions in our files. `files`: those files. `changes`: of file.
    """

    def __init__(self) -> None:
        self.active = False
        self.calls = 0
        self.files: set[str] = set()
        self.changes = 0
        self.path: list[str] = []

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """Count one event of `sys.setprofile`."""
        if not self.active or event != "call" or not _is_ours(frame):
            return
        own = frame.f_code.co_filename
        caller = _caller(frame)
        self.calls += 1
        self.files.add(own)
        if caller is None or caller.f_code.co_filename != own:
            self.changes += 1
            name = f"{own.removeprefix(_OURS)[1:]}:{frame.f_code.co_qualname}"
            self.path.append("  " * _depth(frame) + name)


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_OURS)


def _caller(frame: FrameType) -> FrameType | None:
    """Return the nearest frame of ours below `frame`, or None."""
    below = frame.f_back
    while below is not None and not _is_ours(below):
        below = below.f_back
    return below


def _depth(frame: FrameType) -> int:
    caller = _caller(frame)
    return 0 if caller is None else 1 + _depth(caller)


def _measured(call: Callable[[], object]) -> HopCounter:
    for _ in range(_WARM_UP):
        call()
    counter = HopCounter()
    counter.active = True
    sys.setprofile(counter)
    try:
        call()
    finally:
        sys.setprofile(None)
    return counter


def in_process() -> Iterator[tuple[str, HopCounter]]:
    """Measure a token purchase through `requests`, and one control call."""
    with TokenMock() as mock:
        account = mock.kitegateway.account
        url = mock.kitegateway.base_url + _PATH

        def buy() -> None:
            answer = requests.post(
                url, json={"api_key": account.api_key}, headers={"Secret-Key": account.secret_key}
            )
            assert answer.status_code == 200, answer.text

        yield "requests.post", _measured(buy)
        yield "clock.now", _measured(mock.clock.now)


@contextmanager
def _profiling_new_threads(counter: HopCounter) -> Iterator[None]:
    threading.setprofile(counter)
    try:
        yield
    finally:
        threading.setprofile(None)


def over_http() -> HopCounter:
    """Measure a token purchase on a new connection, in the server's thread."""
    counter, server = HopCounter(), TokenServer()
    with _profiling_new_threads(counter):
        server.start()
    try:
        for _ in range(_WARM_UP):
            _buy_at(server)
        _wait_until_quiet(counter)
        counter.active = True
        _buy_at(server)
        _wait_until_quiet(counter)
        counter.active = False
    finally:
        server.stop()
    return counter


def _buy_at(server: TokenServer) -> None:
    account = server.kitegateway.account
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    headers = {"Secret-Key": account.secret_key, "Content-Type": "application/json"}
    connection.request("POST", _PATH, json.dumps({"api_key": account.api_key}), headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    answer.read()
    connection.close()


def _wait_until_quiet(counter: HopCounter) -> None:
    """Return when the server has done nothing for 0.2 s: the connection is closed there, too."""
    before = -1
    while before != counter.calls:
        before = counter.calls
        time.sleep(0.2)


def measure() -> dict[str, HopCounter]:
    """Return what was counted, by name of the call."""
    return {**dict(in_process()), "server POST": over_http()}


def main() -> None:
    """Print the numbers; with `--path` each change of file, too."""
    for name, counter in measure().items():
        files, limit = len(counter.files), LIMITS[name]
        print(
            f"{name:<14}{counter.calls:4} calls {files:3} files {counter.changes:4} changes of file"
            f" (limit {limit})"
        )
        if "--path" in sys.argv:
            print("\n".join(counter.path))


if __name__ == "__main__":
    main()
