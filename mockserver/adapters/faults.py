"""Bytes that a client still receives from a connection that breaks before the answer."""

from mockserver.model.http import Fault

GARBAGE = b"\x9d\x00\xf4 neither a size nor a status \xff\x1b\xc3\r\n\x80\r\n"

FINAL_BYTES = {
    Fault.EMPTY_RESPONSE: b"",
    Fault.MALFORMED_RESPONSE_CHUNK: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + GARBAGE
    ),
    Fault.RANDOM_DATA_THEN_CLOSE: GARBAGE,
}
"""The bytes by fault. Nothing is sent before a reset by the peer."""
