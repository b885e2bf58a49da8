"""What the rules for token clients cost a request: the facts that its entry keeps for them.

`python -m benchmarks.verdicts` prints both in microseconds of this process, and the time of all
verdicts on a full journal. Limit: a tenth of the lightest request.
"""

import time
from collections.abc import Callable
from threading import get_ident

from mockserver import TokenMock
from mockserver.model.clock import real_seconds
from mockserver.model.http import Headers, Request

LIMIT = 0.1
_HEALTH = Request("GET", "/ds-api/", "", Headers([("Host", "platform-server")]))


def microseconds(call: Callable[[], object], times: int = 20_000) -> float:
    """Return the processor time of a call, the best of three."""
    return min(_once(call, times) for _ in range(3))


def _once(call: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times * 1e6


def main() -> None:
    mock = TokenMock()
    answer = microseconds(lambda: mock.engine.answer(_HEALTH))
    facts = microseconds(lambda: (real_seconds(), 0, get_ident(), None, None))
    facts -= microseconds(lambda: None)
    start = time.process_time()
    mock.verdicts()
    seconds = time.process_time() - start
    print(f"request {answer:.1f} us, facts {facts:.1f} us ({facts / answer:.1%})")
    print(f"all verdicts on {len(mock.requests.all())} requests: {seconds:.2f} s")
    if facts > LIMIT * answer:
        raise SystemExit("the facts cost more than a tenth of a request")


if __name__ == "__main__":
    main()
