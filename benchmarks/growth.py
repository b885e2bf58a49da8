"""`python -m benchmarks.growth`: the cost of a request, and memory, as a state fills up.

In one process and without a server, so that nothing else is measured; the states take turns.
"""

import argparse
import gc
import json
import os
import statistics
import time
from collections.abc import Callable
from urllib.parse import quote

from benchmarks.processes import memory
from benchmarks.serving import LOGIN, PATH
from mockserver.admin.application import Application, new_application
from mockserver.model.http import Headers, Request

_KEY = "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92"
_LOGIN = Headers(LOGIN.items())
_FAR = 2_000_000_000  # Unix seconds: tokens that expire at different moments are different

Fill = Callable[[Application], None]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="tokens in the largest state")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=2000, help="in each turn")
    options = parser.parse_args()
    fills: dict[str, Fill] = {
        "10 tokens": lambda front: tokens(front, 10),
        "10,000 tokens": lambda front: tokens(front, 10_000),
        f"{options.most:,} tokens": lambda front: tokens(front, options.most),
        "a journal full of large bodies": journal,
        "1,000 namespaces": namespaces,
        "500 stubs": stubs,
    }
    states = {name: State(fill) for name, fill in fills.items()}
    for _ in range(options.rounds):
        for state in states.values():
            state.measure(options.requests)
    first = next(iter(states.values()))
    print(f"{'':<32}{'W1 us':>8}{'ratio':>7}{'W2 us':>8}{'ratio':>7}{'MiB':>8}")
    for name, state in states.items():
        costs = "".join(
            f"{state.cost(w):>8.1f}{state.cost(w) / first.cost(w):>7.2f}" for w in WORKS
        )
        print(f"{name:<32}{costs}{state.memory:>8.1f}")


class State:
    """A filled application and its measurements. `memory`: MiB that filling it took."""

    def __init__(self, fill: Fill) -> None:
        before = _memory()
        self.front = new_application({})
        fill(self.front)
        self.memory = _memory() - before
        self._costs: dict[str, list[float]] = {name: [] for name in WORKS}

    def measure(self, requests: int) -> None:
        """Measure each kind of request once."""
        for name, work in WORKS.items():
            self._costs[name].append(work(self.front, requests))

    def cost(self, work: str) -> float:
        """Return the median cost of a request in microseconds."""
        return statistics.median(self._costs[work])


def tokens(front: Application, count: int) -> None:
    for number in range(count):
        key = [("api-key", _KEY), ("x-expiration", str(_FAR + number))]
        ask(front, Request("GET", "/v1/dev/temp-token", "", Headers(key)), 200)


def journal(front: Application) -> None:
    for _ in range(1000):
        ask(front, Request("POST", PATH, "", _LOGIN, bytes(1 << 20)), 201)


def namespaces(front: Application) -> None:
    for number in range(1000):
        ask(front, Request("POST", f"/ns/n{number}{PATH}", "", _LOGIN), 201)


def stubs(front: Application) -> None:
    """Add stubs that match no request, so that each of them is compared."""
    for number in range(500):
        mapping = {"request": {"method": "GET", "urlPath": f"/elsewhere/{number}"}}
        body = json.dumps(mapping).encode()
        host = Headers([("Host", "localhost")])
        ask(front, Request("POST", "/__admin/mappings", "", host, body), 201)


def buy(front: Application, requests: int) -> float:
    """Return the cost of W1 in microseconds per request."""
    return _cost(front, Request("POST", PATH, "", _LOGIN), 201, requests)


def inform(front: Application, requests: int) -> float:
    """Return the cost of W2 in microseconds per request."""
    token = json.loads(ask(front, Request("POST", PATH, "", _LOGIN), 201))["user-token"]
    return _cost(front, Request("GET", PATH, f"token={quote(token)}", _LOGIN), 200, requests)


WORKS: dict[str, Callable[[Application, int], float]] = {"W1": buy, "W2": inform}


def ask(front: Application, request: Request, status: int) -> bytes:
    """Send a request, require its status, and return the body of the answer."""
    response = front.answer(request)
    if response.status != status:
        raise SystemExit(f"{request.method} {request.path}: {response.status}")
    return response.body


def _cost(front: Application, request: Request, status: int, requests: int) -> float:
    begin = time.perf_counter()
    for _ in range(requests):
        ask(front, request, status)
    return (time.perf_counter() - begin) / requests * 1e6


def _memory() -> float:
    gc.collect()
    return memory(os.getpid())


if __name__ == "__main__":
    main()
