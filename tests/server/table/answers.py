"""Answers other than a 200 with a body."""

from mockserver.adapters.framing import FINAL_BYTES
from mockserver.model.http import Fault
from tests.server.echo import DATE, LARGE, line
from tests.server.table.case import CLOSE, FAILED, Case, ok, request, said, wire

HELD = request("GET /a")
NO_BODY = f"Date: {DATE}\r\n"


def bare(status: str, connection: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nDate: {DATE}\r\n{connection}\r\n".encode()


def failed(path: str) -> Case:
    return Case(f"failed: {path}", request(f"GET {path}") + HELD, FAILED + ok("GET /a"))


CASES = (
    Case(
        "HEAD",
        request("HEAD /a") + HELD,
        said(line("HEAD", "/a"), head=True) + ok("GET /a"),
    ),
    Case(
        "HEAD of what fails", request("HEAD /raise") + HELD, FAILED.split(b"An ")[0] + ok("GET /a")
    ),
    Case("HEAD without a body", request("HEAD /204") + HELD, bare("204 No Content") + ok("GET /a")),
    Case("204", request("GET /204") + HELD, bare("204 No Content") + ok("GET /a")),
    Case("304", request("GET /304") + HELD, bare("304 Not Modified") + ok("GET /a")),
    Case(
        "a status without a name",
        request("GET /299") + HELD,
        said(b"unnamed", "", "299 ") + ok("GET /a"),
    ),
    Case("no final status", request("GET /100"), bare("100 Continue", CLOSE)),
    Case("a close of its own", request("GET /close") + HELD, said(b"bye", CLOSE)),
    Case("framing is the wire's", request("GET /framing") + HELD, said(b"ours") + ok("GET /a")),
    Case(
        "header fields in order",
        request("GET /headers"),
        said(b"", more="Set-Cookie: a=1\r\nB: é\r\nSet-Cookie: b=2\r\n"),
    ),
    Case("a large body", request("GET /large") * 3, said(b"x" * LARGE) * 3),
    Case(
        "a large last body", request("GET /large", "Connection: close"), said(b"x" * LARGE, CLOSE)
    ),
    *map(failed, ("/raise", "/none", "/99", "/1000", "/snowman")),
    *map(failed, ("/split-value", "/split-name", "/split-cr", "/thread-raise", "/thread-none")),
    Case(
        "failed and asked to close",
        request("GET /raise", "Connection: close"),
        wire(500, "An internal error occurred."),
    ),
    *(
        Case(
            f"{fault}{' later' if later else ''}",
            request(f"GET {later}/{fault}"),
            words,
            closed=True,
        )
        for fault, words in FINAL_BYTES.items()
        for later in ("", "/later")
    ),
    *(
        Case(f"{fault} ends what is behind", request(f"GET /{fault}") + HELD, words, closed=True)
        for fault, words in FINAL_BYTES.items()
    ),
    Case(
        "a fault behind an answer",
        HELD + request(f"GET /{Fault.RANDOM_DATA_THEN_CLOSE}"),
        ok("GET /a") + FINAL_BYTES[Fault.RANDOM_DATA_THEN_CLOSE],
        closed=True,
    ),
)
