"""Heads of remembered lines: they mean what llhttp says, however often they were sent before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.server.limits import Limits, ProtocolError
from mockserver.server.request_head import HeadReader, read_fields

LINE = b"POST /a?b HTTP/1.1\r\n"
NAMES = [b"Host", b"hOST", b"X", b"Content-Length", b"Transfer-Encoding", b"Connection", b"Upgrade"]
ODD = [b"", b" ", b"\t", b"X", b"X ", b" X", b":", b"\0", b"\x7f", b"\x80", b"\xff", b"1", b"-1"]
VALUES = [b"a", b"3", b"4", b"chunked", b"close", b"a b", b"\xe9", *ODD]
LINES = st.tuples(
    st.sampled_from([*NAMES, *ODD]),
    st.sampled_from([b":", b": ", b":\t ", b" :", b"", b"\n", b"\r"]),
    st.sampled_from(VALUES),
    st.sampled_from([b"", b" ", b"\t"]),
).map(b"".join)


def fields(heads: HeadReader, block: bytes) -> list[tuple[str, str]] | None:
    try:
        return [*heads.read(LINE, block).headers.pairs]
    except ProtocolError:
        return None


def reader(*, used: bool) -> HeadReader:
    """Return a reader; a used one has read so many values of two fields that it knows the names."""
    heads = HeadReader(Limits())
    for number in range(40 * used):
        heads.read(LINE, b"Host: h\r\nX: %d\r\nConnection: %d\r\n\r\n" % (number, number))
    return heads


@given(st.lists(st.lists(LINES, max_size=4), max_size=3), st.booleans())
def test_a_head_means_what_llhttp_says(blocks: list[list[bytes]], used: bool) -> None:
    heads = reader(used=used)
    for lines in blocks * 2:
        # Without a Host it would be refused for another reason.
        block = b"".join(b"%b\r\n" % line for line in [b"Host: h", *lines]) + b"\r\n"
        if b"\r\n\r\n" in block[:-4]:
            continue  # the block would have ended there
        try:
            expected = read_fields(block)
        except ProtocolError:
            assert fields(heads, block) is None
        else:
            assert fields(heads, block) in (expected, None)
            plain = [pair for pair in expected if pair[0].lower() in ("x", "connection")]
            if len(plain) == len(expected) - 1:
                assert fields(heads, block) == expected


@pytest.mark.parametrize("line", [b"X", b"Host", b"Connection", b"X ", b" X"])
def test_a_line_without_a_colon_is_refused_also_if_its_name_is_remembered(line: bytes) -> None:
    assert fields(reader(used=True), b"Host: h\r\n%b\r\n\r\n" % line) is None


def test_a_value_of_a_remembered_name_has_no_octet_that_llhttp_refuses() -> None:
    heads = reader(used=True)
    for value in (
        b"%b%c%b" % (before, octet, before) for octet in range(256) for before in (b"", b"a")
    ):
        block = b"Host: h\r\nX: %b\r\n\r\n" % value
        try:
            expected = read_fields(block)
        except ProtocolError:
            assert fields(heads, block) is None, value
        else:
            assert fields(heads, block) == expected, value


def test_a_line_is_read_once_for_each_of_its_requests() -> None:
    heads = HeadReader(Limits())
    for number in range(2000):
        block = b"Host: h\r\nX: %d\r\nx: y\r\n\r\n" % number
        head = heads.read(LINE, block)
        assert (head.path, head.query, head.headers.get("X")) == ("/a", "b", f"{number}, y")
