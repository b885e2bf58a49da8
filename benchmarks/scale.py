"""Tokens per second by hosts and workers, on one Redis and on a cluster of three primaries.

All processes share the processors of one machine, so that only ratios are meaningful. A "host" is
a `serve` of its own. Each of the four clients has a namespace of its own, as test workers do.

    python -m benchmarks.scale [SECONDS]
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path

from benchmarks.load import Ask, load
from benchmarks.processes import CLIENT_CPU, answer, free_port, running
from tests.redis_groups import redis_cluster
from tests.store_urls import redis_server

CLIENTS = 4
BASIC = {"Authorization": "Basic bXlVc2VyOm15UGFzc3dvcmQ="}  # myUser:myPassword


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, str]]:
    """Give the URLs of the stores by name."""
    with redis_server(folder) as one, redis_cluster(folder, replicas=0) as three:
        yield {"redis": one.url(), "cluster": three.url()}


@contextmanager
def hosts(count: int, workers: int, store: str) -> Iterator[list[str]]:
    """Give the addresses of servers that answer."""
    with ExitStack() as stack:
        urls = []
        for _ in range(count):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            port = free_port()
            command = ["token-mockserver", "serve", "--port", str(port), "--port-file", "port"]
            command += ["--workers", str(workers), "--store", store]
            stack.enter_context(running(command, folder, None))
            until = time.monotonic() + 60
            while not (folder / "port").exists():
                if time.monotonic() > until:
                    raise SystemExit((folder / "server.log").read_text())
                time.sleep(0.05)
            urls.append(f"http://127.0.0.1:{port}")
        yield urls


def request(number: int) -> Ask:
    """Return the request with which a client obtains a token."""
    return Ask("POST", f"/ns/client-{number}/datasentinel/ds-api/user-token", 201, BASIC)


def rate(urls: list[str], seconds: float) -> float:
    """Return the tokens per second that all clients obtain together."""

    def one(number: int) -> float:
        url = urls[number % len(urls)]
        return load(url, request(number), seconds, CLIENT_CPU).rate

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(one, range(CLIENTS)))


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as urls:
        first = 0.0
        print("| store | hosts | workers of each | tokens/s | times |")
        print("| --- | --: | --: | --: | --: |")
        for (name, url), count, workers in product(urls.items(), (1, 2), (1, 2)):
            with hosts(count, workers, url) as served:
                for number in range(CLIENTS):  # the first use of a namespace creates it
                    for each in served:
                        answer(each, request(number))
                found = rate(served, seconds)
            first = first or found
            cells = (name, count, workers, f"{found:,.0f}", f"{found / first:.2f}")
            print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
