"""The parts of HTTP that adapters without a connection add."""

import pytest

from mockserver.adapters.framing import framed, origin_of, path_and_query
from mockserver.model.http import Response


@pytest.mark.parametrize(("target", "path", "query"), [
    ("/", "/", ""),
    ("/a%20b/%C3%A9?c=%20", "/a b/\u00e9", "c=%20"),
    ("/%ff", "/\ufffd", ""),
    ("//a//b", "//a//b", ""),
    ("/a?b?c", "/a", "b?c"),
    ("/a%3Fb", "/a?b", ""),
])  # fmt: skip
def test_target_is_path_and_query(target: str, path: str, query: str) -> None:
    assert path_and_query(target) == (path, query)


FIELDS = (("X", "1"), ("content-length", "99"), ("Transfer-Encoding", "chunked"), ("X", "2"))
KEPT = (("X", "1"), ("X", "2"))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_header_fields_have_the_true_length(method: str) -> None:
    response = Response(200, FIELDS, b"body")
    body = b"" if method == "HEAD" else b"body"
    assert framed(response, method) == ((*KEPT, ("Content-Length", "4")), body)


@pytest.mark.parametrize("status", [103, 204, 304])
def test_statuses_without_a_body_have_no_length(status: int) -> None:
    assert framed(Response(status, FIELDS, b"body"), "GET") == (KEPT, b"")


@pytest.mark.parametrize(("url", "host", "port", "authority"), [
    ("https://a.test", "a.test", 443, "a.test"),
    ("http://A.Test:81/b@c", "a.test", 81, "a.test:81"),
    ("https://u:p@a.test./", "a.test", 443, "a.test"),
    ("http://127.0.0.1", "127.0.0.1", 80, "127.0.0.1"),
    ("https://a.test:443/", "a.test", 443, "a.test"),
    ("http://a.test:443/", "a.test", 443, "a.test:443"),
    ("http://[::1]:8080/", "[::1]", 8080, "[::1]:8080"),
])  # fmt: skip
def test_authority_has_no_default_port(url: str, host: str, port: int, authority: str) -> None:
    origin = origin_of(url)
    assert (origin.host, *origin[2:]) == (host, port, authority)
    assert origin_of("data:,").host == ""
