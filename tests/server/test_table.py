"""Every case of the table, over real sockets and in memory, whole and cut at every byte."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from mockserver.server import WireServer
from tests.server.in_memory import MemoryConnection, TlsMemoryConnection
from tests.server.servers import KINDS, serving_as
from tests.server.socket_client import SocketClient
from tests.server.table import CASES
from tests.server.table.case import LIMITS, PROBE, Case, ok

PROBED = ok("GET /probe", host="probe")
Servers = Callable[[str], WireServer]

cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Return a server by kind, started at first use."""
    with ExitStack() as stack:
        yield cache(lambda kind: stack.enter_context(serving_as(kind, limits=LIMITS)))


def test_case_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@cases
def test_case_over_a_socket(case: Case, servers: Servers) -> None:
    for kind in KINDS[:3]:  # inside TLS on one event loop; TLS has no half-closed connections
        if case.eof and "tls" in kind:
            continue
        with SocketClient(servers(kind), kind) as client:
            client.send(case.sent)
            if case.eof:
                client.finish()
            if case.ends:
                assert client.read_all() == case.expected, kind
            else:
                client.exchange(b"", case.expected)
                client.exchange(PROBE, PROBED)


@cases
def test_answer_does_not_depend_on_cuts(case: Case) -> None:
    """The request arrives whole, cut at every byte, byte by byte, and inside TLS."""
    expected = (case.expected, True) if case.ends else (case.expected + PROBED, False)
    sent, size = case.sent, len(case.sent)
    for cut in range(size):
        assert seen(case, sent[:cut], sent[cut:]) == expected, f"cut at {cut}"
    single = [sent[at : at + 1] for at in range(size)]
    assert seen(case, *single) == expected
    assert seen(case, *single, settled=True) == expected
    for cut in (0, size // 2):
        connection = TlsMemoryConnection(LIMITS)
        connection.send(sent[:cut], sent[cut:])
        assert outcome(connection, case) == expected


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.ends], ids=lambda case: case.name
)
def test_case_sent_twice_is_answered_twice(case: Case) -> None:
    """The second head is taken from memory, its body is read: in one piece, and cut."""
    again = case.sent * 2
    for cut in (0, *range(len(case.sent), len(again))):
        expected = (case.expected * 2 + PROBED, False)
        assert seen(case, again[:cut], again[cut:]) == expected, f"cut at {cut}"


def seen(case: Case, *parts: bytes, settled: bool = False) -> tuple[bytes, bool]:
    """Return the outcome of `parts`; if `settled`, delays end before the next part."""
    connection = MemoryConnection(LIMITS)
    for part in parts:
        connection.send(part)
        if settled:
            connection.settle()
    return outcome(connection, case)


def outcome(connection: MemoryConnection, case: Case) -> tuple[bytes, bool]:
    if case.eof:
        connection.finish()
    connection.settle()
    if not case.ends:
        connection.send(PROBE)
    return connection.seen
