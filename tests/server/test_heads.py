"""Heads of remembered lines: they mean what llhttp says, however often they were sent before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.model.http import Headers
from mockserver.server.limits import Limits, ProtocolError
from mockserver.server.request_head import HeadReader, read_fields
from mockserver.server.request_reader import ReceivedRequest, RepeatedHead, RequestReader

LIMITS, NO_FIELDS = Limits(), Headers()
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


@given(st.lists(st.lists(LINES, max_size=4), max_size=3))
def test_a_head_means_what_llhttp_says(blocks: list[list[bytes]]) -> None:
    heads = HeadReader(Limits())
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


def received(reader: RequestReader, raw: bytes) -> str | tuple[object, ...]:
    """Return what `reader` makes of `raw`, in a form that can be compared."""
    reader.receive(raw)
    try:
        received = reader.next()
    except ProtocolError as refused:
        return str(refused)
    if not isinstance(received, ReceivedRequest):
        return (received,)
    request = received.request
    every = [request.headers.get(name) for name, _ in request.headers.pairs]
    return (request._replace(headers=NO_FIELDS), request.headers.pairs, every, received.connection)


def connection(limits: Limits = LIMITS) -> RequestReader:
    return RequestReader(limits, HeadReader(limits))


REQUEST_LINES = [LINE, b"POST http://h/a HTTP/1.1\r\n", b"A / HTTP/1.0\r\n"]
FEW_VALUES = st.lists(
    st.sampled_from([b"1", b"0", b"a ", b"close", b"\xe9"]), min_size=1, max_size=3
)


@st.composite
def similar_heads(draw: st.DrawFn) -> list[bytes]:
    """Return heads that differ in some values, and now and then in a line."""
    names = draw(st.lists(st.sampled_from([*NAMES, b"Y"]), min_size=1, max_size=3))
    values = [draw(FEW_VALUES) for _ in names]
    heads = []
    for _ in range(draw(st.integers(3, 6))):
        line = REQUEST_LINES[max(0, draw(st.integers(-6, 2)))]
        fields = [
            b"%b: %b" % (name, draw(st.sampled_from(few)))
            for name, few in zip(names, values, strict=True)
        ]
        if draw(st.integers(0, 5)) == 0:
            fields[0] = draw(LINES)
        heads.append(line + b"\r\n".join([b"Host: h", *fields, b"", b""]))
    return heads


@settings(max_examples=300)
@given(similar_heads())
def test_a_head_means_the_same_after_similar_ones(heads: list[bytes]) -> None:
    used = connection()
    for raw in heads:
        alone = received(connection(), raw)
        assert received(used, raw) == alone
        if isinstance(alone, str) or len(alone) == 1 or used.unread:
            return  # refused, or its body is still to come


@pytest.mark.parametrize(
    "fields",
    [
        ["Connection: a", "Connection: b", "Connection: close"],
        ["Content-Length: 0", "Content-Length: 00", "Content-Length: 1"],
        ["Expect: 100-continue", "Expect: 100-Continue", "Expect: b"],
        ["Host: a", "Host: b", "Host: a b"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: CHUNKED", "Transfer-Encoding: x"],
        ["X: 1\r\nX: 2", "X: 1\r\nX: 3", "X: 1\r\nX: 4"],
    ],
)
def test_a_field_that_decides_or_is_sent_twice_does_not_vary(fields: list[str]) -> None:
    used = connection()
    for number, field in enumerate(fields):
        host = "" if "Host" in field else "Host: h\r\n"
        body = "0\r\n\r\n" if "Transfer" in field else ""
        raw = LINE + f"{host}{field}\r\n\r\n{body}".encode()
        alone = received(connection(), raw)
        assert received(used, raw) == alone
        assert number == len(fields) - 1 or not isinstance(alone, str)
        if "Expect" in field:
            used.next()  # the request, now that its client may send the body


def test_a_value_that_varies_has_no_octet_that_llhttp_refuses() -> None:
    for octet in range(256):
        for before in (b"", b"a"):
            used = connection()
            for value in (b"1", b"2", b"%b%c%b" % (before, octet, before), b"3"):
                raw = LINE + b"Host: h\r\nX: %b\r\nY: z\r\n\r\n" % value
                alone = received(connection(), raw)
                assert received(used, raw) == alone, value
                if isinstance(alone, str):
                    break


@pytest.mark.parametrize(("count", "taken"), [(4, True), (5, False)])
def test_values_may_vary_in_up_to_four_fields(count: int, taken: bool) -> None:
    repeated, heads = RepeatedHead(LIMITS), HeadReader(LIMITS)
    for number in range(3):
        fields = [b"%c: %d" % (65 + each, number) for each in range(count)]
        block = b"\r\n".join([b"Host: h", *fields, b"", b""])
        repeated.remember(LINE, LINE + block, heads.read(LINE, block))
    head = repeated.take(bytearray(LINE + block.replace(b"2", b"3")))
    assert (head is not None) == taken
    assert head is None or [*head.headers.pairs] == read_fields(block.replace(b"2", b"3"))


def test_any_number_of_lines_is_read() -> None:
    heads = HeadReader(LIMITS)
    for number in range(2000):
        line = b"POST /%d HTTP/1.1\r\n" % number
        block = b"Host: h\r\nX: %d\r\nN%d: z\r\nx: y\r\n\r\n" % (number, number)
        head = heads.read(line, block)
        assert (head.path, head.headers.get("X")) == (f"/{number}", f"{number}, y")
        assert [*head.headers.pairs] == read_fields(block)


def test_a_head_that_is_like_the_last_one_is_taken_alone() -> None:
    repeated, heads = RepeatedHead(LIMITS), HeadReader(LIMITS)
    for number in range(3):
        block = b"Host: h\r\nX: %d\r\nY: z\r\n\r\n" % number
        repeated.remember(LINE, LINE + block, heads.read(LINE, block))
    like, other = b"Host: h\r\nX:  a b \r\nY: z\r\n\r\n", b"Host: h\r\nX: c\r\nY: y\r\n\r\n"
    buffer = bytearray(LINE + like + LINE + other)
    head = repeated.take(buffer)
    assert head is not None
    assert [*head.headers.pairs] == read_fields(like)
    assert (head.headers.get("x"), head.headers.get("y")) == ("a b", "z")
    assert (repeated.take(buffer), bytes(buffer)) == (None, LINE + other)
    incomplete = bytearray(LINE + like[:-2])
    assert (repeated.take(incomplete), bytes(incomplete)) == (None, LINE + like[:-2])


def test_a_value_that_varies_counts_for_the_limit() -> None:
    limits = Limits(head=200)
    used = connection(limits)
    for length in (10, 20, 164, 165):
        raw = LINE + b"Host: h\r\nX: %b\r\n\r\n" % (b"x" * length)
        assert received(used, raw) == received(connection(limits), raw)
        if len(raw) > limits.head:
            return
    raise AssertionError("no head was over the limit")
