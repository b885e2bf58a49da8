"""Every case of the table, over real sockets and on paper, whole and cut everywhere."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from mockserver.server import WireServer
from tests.server.fake import Wire
from tests.server.raw import Client
from tests.server.servers import KINDS, serving_as
from tests.server.table import CASES
from tests.server.table.case import LIMITS, PROBE, Case, ok

PROBED = ok("GET /probe", host="probe")

cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


Servers = Callable[[str], WireServer]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """By kind, each started when it is first asked for."""
    with ExitStack() as stack:
        yield cache(lambda kind: stack.enter_context(serving_as(kind, limits=LIMITS)))


def test_names_are_different() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        pytest.param(kind, case, id=f"{kind}-{case.name}")
        for kind in KINDS
        for case in CASES
        if not (case.eof and "tls" in kind)  # TLS has no half-closed connections
    ],
)
def test_over_a_socket(kind: str, case: Case, servers: Servers) -> None:
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
def test_cut_anywhere(case: Case) -> None:
    """Nobody can tell from the answer how the request was cut on its way."""
    expected = expectation(case)
    assert seen(case, [case.sent]) == expected
    for cut in range(1, len(case.sent)):
        assert seen(case, [case.sent[:cut], case.sent[cut:]]) == expected, f"cut at {cut}"


@cases
def test_byte_by_byte(case: Case) -> None:
    assert seen(case, [case.sent[at : at + 1] for at in range(len(case.sent))]) == expectation(case)


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.ends], ids=lambda case: case.name
)
def test_sent_again_it_is_answered_again(case: Case) -> None:
    """The same head is not read twice, its body is: in one piece, and cut anywhere."""
    expected = (case.expected * 2 + PROBED, False)
    again = case.sent * 2
    assert seen(case, [again]) == expected
    for cut in range(len(case.sent), len(again)):
        assert seen(case, [again[:cut], again[cut:]]) == expected, f"cut at {cut}"


@cases
def test_byte_by_byte_with_delays_over_at_once(case: Case) -> None:
    wire = Wire(LIMITS)
    for byte in case.sent:
        wire.send(bytes([byte]))
        wire.settle()
    assert outcome(wire, case) == expectation(case)


def expectation(case: Case) -> tuple[bytes, bool]:
    return (case.expected, True) if case.ends else (case.expected + PROBED, False)


def seen(case: Case, parts: list[bytes]) -> tuple[bytes, bool]:
    wire = Wire(LIMITS)
    wire.send(*parts)
    return outcome(wire, case)


def outcome(wire: Wire, case: Case) -> tuple[bytes, bool]:
    if case.eof:
        wire.finish()
    wire.settle()
    if not case.ends:
        wire.send(PROBE)
    return wire.seen
