"""Several processes with one store, each with its own engine."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

from mockserver.emulator.namespaces import engine_factory
from mockserver.storage import open_backend
from tests.engine_client import ask, content

EXCHANGE = "POST /v2/auth/ExchangeToken"
PROCESSES, THREADS = 4, 10

_context = multiprocessing.get_context("spawn")


def outcomes(url: str, bodies: list[dict[str, str]]) -> list[list[str]]:
    """Return for each body the results of all threads of all processes that exchange it at once."""
    gate, said = _context.Barrier(PROCESSES), _context.Queue()
    workers = [
        _context.Process(target=_work, args=(url, bodies, gate, said)) for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    lists: list[list[list[str]]] = [said.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    return [list(chain(*told)) for told in zip(*lists, strict=True)]


def _work(url: str, bodies: list[dict[str, str]], gate: Barrier, said: "Queue[Any]") -> None:
    engine = engine_factory({}, backend=open_backend(url))("")

    def exchange(body: dict[str, str]) -> str:
        fields = content(ask(engine, EXCHANGE, json=body))
        return str(fields.get("type", fields["status"]))

    told = []
    with ThreadPoolExecutor(THREADS) as pool:
        for body in bodies:
            gate.wait(60)
            told.append(list(pool.map(exchange, [body] * THREADS)))
    said.put(told)
