"""Every case of the table, over real sockets and in memory, whole and cut at every byte."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from mockserver.server import WireServer
from tests.server.in_memory import MemoryConnection, TlsMemoryConnection
from tests.server.servers import KINDS, serving_as
from tests.server.socket_client import Client
from tests.server.table import CASES
from tests.server.table.case import LIMITS, PROBE, Case, ok

PROBED = ok("GET /probe", host="probe")

cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


Servers = Callable[[str], WireServer]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Return a server by kind, started at first use."""
    with ExitStack() as stack:
        yield cache(lambda kind: stack.enter_context(serving_as(kind, limits=LIMITS)))


def test_case_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        pytest.param(kind, case, id=f"{kind}-{case.name}")
        for kind in KINDS[:3]  # inside TLS once
        for case in CASES
        if not (case.eof and "tls" in kind)  # TLS has no half-closed connections
    ],
)
def test_case_over_a_socket(kind: str, case: Case, servers: Servers) -> None:
    with Client(servers(kind), kind) as client:
        client.send(case.sent)
        if case.eof:
            client.finish()
        if case.ends:
            assert client.read_all() == case.expected
        else:
            assert client.read(len(case.expected)) == case.expected
            client.send(PROBE)
            assert client.read(len(PROBED)) == PROBED


@cases
def test_case_cut_at_every_byte(case: Case) -> None:
    """The answer does not depend on how the request was cut on its way."""
    expected = expectation(case)
    assert seen(case, [case.sent]) == expected
    for cut in range(1, len(case.sent)):
        assert seen(case, [case.sent[:cut], case.sent[cut:]]) == expected, f"cut at {cut}"


@cases
def test_case_byte_by_byte(case: Case) -> None:
    assert seen(case, [case.sent[at : at + 1] for at in range(len(case.sent))]) == expectation(case)


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.ends], ids=lambda case: case.name
)
def test_case_sent_twice_is_answered_twice(case: Case) -> None:
    """The second head is taken from memory, its body is read: in one piece, and cut."""
    expected = (case.expected * 2 + PROBED, False)
    again = case.sent * 2
    assert seen(case, [again]) == expected
    for cut in range(len(case.sent), len(again)):
        assert seen(case, [again[:cut], again[cut:]]) == expected, f"cut at {cut}"


@cases
def test_case_byte_by_byte_without_delays(case: Case) -> None:
    wire = MemoryConnection(LIMITS)
    for byte in case.sent:
        wire.send(bytes([byte]))
        wire.settle()
    assert outcome(wire, case) == expectation(case)


@cases
def test_case_inside_tls(case: Case) -> None:
    for cut in (0, len(case.sent) // 2):
        connection = TlsMemoryConnection(LIMITS)
        connection.send(case.sent[:cut], case.sent[cut:])
        assert outcome(connection, case) == expectation(case)


def expectation(case: Case) -> tuple[bytes, bool]:
    return (case.expected, True) if case.ends else (case.expected + PROBED, False)


def seen(case: Case, parts: list[bytes]) -> tuple[bytes, bool]:
    wire = MemoryConnection(LIMITS)
    wire.send(*parts)
    return outcome(wire, case)


def outcome(wire: MemoryConnection, case: Case) -> tuple[bytes, bool]:
    if case.eof:
        wire.finish()
    wire.settle()
    if not case.ends:
        wire.send(PROBE)
    return wire.seen
