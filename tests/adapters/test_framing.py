"""What HTTP adds on the way, the same for every door that has no wire."""

import pytest

from mockserver.adapters.framing import host_of, path_and_query, sent_body, sent_headers
from mockserver.model.http import Response


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.test", "a.test"),
        ("http://A.Test:81/b@c", "a.test"),
        ("https://u:p@a.test./", "a.test"),
        ("http://[::1]:8080/", "[::1]"),
        ("http://127.0.0.1", "127.0.0.1"),
        ("data:,", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ""),
        ("/a%20b/%C3%A9?c=%20", "/a b/\u00e9", "c=%20"),
        ("/%ff", "/\ufffd", ""),
        ("//a//b", "/a//b", ""),
        ("/a?b?c", "/a", "b?c"),
        ("/a%3Fb", "/a?b", ""),
    ],
)
def test_the_parts_of_a_target(target: str, path: str, query: str) -> None:
    assert path_and_query(target) == (path, query)


FIELDS = (("X", "1"), ("content-length", "99"), ("Transfer-Encoding", "chunked"), ("X", "2"))
KEPT = (("X", "1"), ("X", "2"))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_header_fields_have_the_true_length(method: str) -> None:
    response = Response(200, FIELDS, b"body")
    assert sent_headers(response) == (*KEPT, ("Content-Length", "4"))
    assert sent_body(response, method) == (b"" if method == "HEAD" else b"body")


@pytest.mark.parametrize("status", [103, 204, 304])
def test_some_statuses_have_no_body(status: int) -> None:
    response = Response(status, FIELDS, b"body")
    assert sent_headers(response) == KEPT
    assert sent_body(response, "GET") == b""
