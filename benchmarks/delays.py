"""`python -m benchmarks.delays`: a thousand requests at once, each delayed by one second."""

import argparse
import asyncio
import json
import resource
import time
from urllib.request import Request, urlopen

from benchmarks.serving import LOGIN, PATH, serve

_HEAD = "".join(f"{name}: {value}\r\n" for name, value in LOGIN.items())
REQUEST = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\n{_HEAD}Content-Length: 0\r\n\r\n".encode()
RIGHT = b"HTTP/1.1 201 "


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delays", description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(options.requests + 200, most), most))
    with serve() as (_, url):
        _delay(url, 1000)
        rounds = [asyncio.run(ask(url, options.requests)) for _ in range(options.rounds)]
    print(f"{options.requests} requests, each delayed by 1 s; seconds until all are answered:")
    print("  " + "  ".join(f"{seconds:.2f}" for seconds in rounds))


async def ask(url: str, count: int) -> float:
    """Return the seconds from the first request to the last answer; every answer is checked."""
    port = int(url.rpartition(":")[2])
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    begin = time.perf_counter()
    for _, writer in streams:
        writer.write(REQUEST)
    answers = await asyncio.gather(*(reader.readexactly(len(RIGHT)) for reader, _ in streams))
    seconds = time.perf_counter() - begin
    for _, writer in streams:
        writer.close()
    if set(answers) != {RIGHT}:
        raise SystemExit(f"wrong answers: {set(answers)}")
    return seconds


def _delay(url: str, milliseconds: int) -> None:
    body = json.dumps({"response": {"fixedDelayMilliseconds": milliseconds}}).encode()
    with urlopen(Request(f"{url}/__admin/mappings", body)) as answer:
        assert answer.status == 201


if __name__ == "__main__":
    main()
