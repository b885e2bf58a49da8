"""JSONPaths, as WireMock 3.13.2 judges them: each result was taken from it."""

import gzip
import json
import zlib

import pytest

from mockserver.model.http import Headers, Request
from mockserver.wiremock.lenient_json import parse_json
from mockserver.wiremock.matchers import parse_matcher
from mockserver.wiremock.request_values import body_text

BODY = json.dumps(
    {
        "a": {"b": [1, "x", None]},
        "c": True,
        "n": 1,
        "s": "1",
        "f": 1.5,
        "e": [],
        "o": {},
        "z": None,
        "list": [{"b": 1}, {"b": "2"}, {"b": 3, "k": "xY"}],
        "t": "hello",
    }
)


@pytest.mark.parametrize(("path", "matches"), [
    ("$[?(@.n == 1)]", True),
    ("$[?(@.n=='1')]", True),
    ("$[?(@.s == 1)]", True),
    ("$.list[?(@.b == '1')]", True),
    ("$.list[?(@.b == 2)]", True),
    ("$.list[?(@.k =~ /x.*/i)]", True),
    ("$.list[?(@.k =~ /x.*/)]", True),
    ("$.list[?(@.k =~ /x/i)]", False),
    ("$.list[?(@.b in [1,5])]", True),
    ("$.list[?(@.b nin [1,2,'2',3])]", False),
    ("$.list.length()", True),
    ("$.list[?(@.b > 2)]", True),
    ("$.list[?(@.b >= '2')]", True),
    ("$.list[?(@.k)]", True),
    ("$.list[?(!@.k)]", True),
    ("$.list[?(@.k empty false)]", True),
    ("$[?(@.list size 3)]", True),
    ("$[?(@.e empty true)]", True),
    ("$.e", False),
    ("$.o", False),
    ("$.z", False),
    ("$.missing", False),
    ("$.n", True),
    ("$..b", True),
    ("$..qq", False),
    ("$.list[*].qq", False),
    ("$.list[0:2]", True),
    ("$.list[-1]", True),
    ("$.list[9]", False),
    ("$.list[-1:]", True),
    ("$.list[0,1]", True),
    ("$['n','s']", True),
    ("$.list[?(@.b == 1 && @.k == 'xY')]", False),
    ("$.list[?(@.b == 1 || @.k == 'xY')]", True),
    ("$.list[?(@.b anyof [1])]", False),
    ("$.a[?(@ anyof [1])]", False),
    ("$[?(@.b subsetof [1,'x',null])]", False),
    ("$[?(@.b contains 'x')]", False),
    ("$.t[?(@ contains 'ell')]", False),
    ("$[?(@.t contains 'ell')]", True),
    ("n", True),
    ("list[0].b", True),
    ("$.list.min()", False),
    ("$.a.b.sum()", True),
    ("$.list[*].b.sum()", False),
    ("$.n.length()", False),
    ("$.t.length()", False),
    ("$.a.keys()", True),
    ("$", True),
    ("@.n", True),
    ("$.list[?(@.b == 1)].b", True),
    ("$.list[?(@['b'] == 1)]", True),
    ("$.list[?(@.b == $.n)]", True),
    ("$.list[?(@.b!=1)]", True),
    ("$.list[?(@.b === 1)]", True),
    ("$.list[?(@.b == 1.0)]", True),
    ("$[?(@.f == 1.5)]", True),
    ("$[?(@.c == true)]", True),
    ("$[?(@.c == 'true')]", False),
    ("$[?(@.z == null)]", True),
    ("$[?(@.q == null)]", False),
    ("$.list[?(@.q == null)]", False),
    ("$[?(@.o == {})]", True),
    ("$[?(@.e == [])]", True),
    ("$.list[?(@.b=='2')]", True),
    ("$..[?(@.b)]", True),
    ("$.*", True),
    ("$..*", True),
    ("$.list[*]", True),
    ("$.list[?(@.length() == 1)]", True),
    ("$[?(@.list.length() == 3)]", True),
    ("$[?(@.list.length() > 5)]", False),
    ("$.a.b[?(@ == 'x')]", True),
    ("$.list.first()", True),
    ("$.list.last()", True),
    ("$.list.index(0)", True),
    ("$.list.index(-1)", True),
])  # fmt: skip
def test_a_path_is_judged_as_by_wiremock(path: str, matches: bool) -> None:
    assert parse_matcher({"matchesJsonPath": path}, "here").accepts(BODY) is matches


@pytest.mark.parametrize(("text", "value"), [
    ("{'a': 'it\\'s \"b\"'}", {"a": 'it\'s "b"'}),
    ('/* a */ {"b": 1} // c', {"b": 1}),
    ('{"a": "// b"} rest', {"a": "// b"}),
])  # fmt: skip
def test_json_is_read_with_comments_single_quotes_and_a_rest(text: str, value: object) -> None:
    assert parse_json(text) == value


@pytest.mark.parametrize("text", ["", "/*", '"a', "a"])
def test_text_without_json_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        parse_json(text)


@pytest.mark.parametrize(("headers", "body", "text"), [
    ({}, gzip.compress("ü".encode(), mtime=0), "ü"),
    ({"Content-Encoding": "deflate"}, zlib.compress(b"a"), "a"),
    ({"Content-Encoding": "deflate"}, zlib.compress(b"a", wbits=-15), "a"),
    ({"Content-Encoding": "deflate"}, b"\x06", "\x06"),
    ({"Content-Encoding": "br"}, b"x", "x"),
    ({"Content-Type": "text/plain; charset=iso-8859-1"}, b"\xfc", "ü"),
    ({"Content-Type": "text/plain; charset=utf-16"}, "a".encode("utf-16-be"), "a"),
    ({"Content-Type": "text/plain; charset=utf-16"}, "a".encode("utf-16"), "a"),
    ({"Content-Type": "text/plain; charset=unknown"}, b"a", "a"),
    ({"Content-Type": "text/plain; charset=idna"}, b"a", "a"),
    ({"Content-Type": "text/plain"}, b"\xfc", "\ufffd"),
])  # fmt: skip
def test_a_body_is_decoded(headers: dict[str, str], body: bytes, text: str) -> None:
    assert body_text(Request("POST", "/", headers=Headers(headers.items()), body=body)) == text


def test_a_decompressed_body_is_bounded() -> None:
    bomb = gzip.compress(b"a" * (8 << 20), mtime=0)
    assert len(body_text(Request("POST", "/", body=bomb))) == 1 << 20
