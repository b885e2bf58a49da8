"""Mutated streams of the table's cases: answers do not depend on how they were cut."""

from hypothesis import given
from hypothesis import strategies as st

from tests.server.in_memory import MemoryConnection, TlsMemoryConnection
from tests.server.table import CASES
from tests.server.table.case import LIMITS

SENT = [case.sent for case in CASES if len(case.sent) < 400]
SPLINTERS = [b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\0", b" ", b":", b"0", b"Host: h\r\n", b"\xff"]


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Return valid and invalid requests with pieces removed, doubled or inserted."""
    stream = b"".join(draw(st.lists(st.sampled_from(SENT), min_size=1, max_size=4)))
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, len(stream)))
        end = draw(st.integers(begin, min(begin + 12, len(stream))))
        piece = draw(
            st.sampled_from([b"", stream[begin:end] * 2, *SPLINTERS]) | st.binary(max_size=3)
        )
        stream = stream[:begin] + piece + stream[end:]
    return stream


@st.composite
def cut_streams(draw: st.DrawFn) -> list[bytes]:
    stream = draw(streams())
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    return [stream[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


@given(cut_streams(), st.booleans(), st.booleans())
def test_answers_do_not_depend_on_cuts(parts: list[bytes], at_once: bool, finished: bool) -> None:
    """If `at_once`, delays end before the next part comes."""
    whole, cut = MemoryConnection(LIMITS), MemoryConnection(LIMITS)
    whole.send(b"".join(parts))
    for part in parts:
        cut.send(part)
        if at_once:
            cut.settle()
    for wire in (whole, cut):
        if finished:
            wire.finish()
        wire.settle()
    assert cut.seen == whole.seen
    assert not finished or whole.seen[1]


@given(cut_streams(), st.booleans())
def test_answers_are_the_same_inside_tls(parts: list[bytes], finished: bool) -> None:
    plain, tls = MemoryConnection(LIMITS), TlsMemoryConnection(LIMITS)
    for connection in (plain, tls):
        connection.send(*parts)
        if finished:
            connection.finish()
        connection.settle()
    assert tls.seen == plain.seen
