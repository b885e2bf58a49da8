"""What the rules for token clients cost a request: the facts that its entry keeps for them.

`python -m benchmarks.verdicts` prints both in microseconds of this process, and the time of all
verdicts on a full journal. Limit: a tenth of the lightest request.
"""

import asyncio  # noqa: F401 - with it a request looks for its task
import time
from collections.abc import Callable

from mockserver import TokenMock
from mockserver.emulator.phases import RequestContext, facts_of
from mockserver.model.http import Headers, Request

LIMIT = 0.1
_HEALTH = Request("GET", "/ds-api/", "", Headers([("Host", "platform-server")]))


def microseconds(call: Callable[[], object], times: int = 10_000) -> float:
    """Return the processor time of a call, the best of seven."""
    return min(_once(call, times) for _ in range(7))


def _once(call: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times * 1e6


def main() -> None:
    mock = TokenMock()
    engine = mock.engine
    context = RequestContext(_HEALTH, engine.router, engine.state, engine.state.clock.moment())
    answer = microseconds(lambda: engine.answer(_HEALTH))
    facts = microseconds(lambda: facts_of(context)) - microseconds(lambda: None)
    start = time.process_time()
    mock.verdicts()
    seconds = time.process_time() - start
    print(f"request {answer:.1f} us, facts {facts:.1f} us ({facts / answer:.1%})")
    print(f"all verdicts on {len(mock.requests.all())} requests: {seconds:.2f} s")
    if facts > LIMIT * answer:
        raise SystemExit("the facts cost more than a tenth of a request")


if __name__ == "__main__":
    main()
