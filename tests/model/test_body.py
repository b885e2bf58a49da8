"""Bodies, read strictly: what cannot be read is refused with a reason, never an exception."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.errors import UnreadableBody
from mockserver.model.http import Headers, Request
from mockserver.model.request_content import form, json_object, media_type

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


def sent(body: bytes, **headers: str) -> Request:
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Request("POST", "/", headers=Headers(pairs), body=body)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_any_json_object_is_read(value: dict[str, Any]) -> None:
    assert json_object(sent(json.dumps(value).encode())) == value
    assert json_object(sent(json.dumps(value, ensure_ascii=False).encode())) == value


@pytest.mark.parametrize("content_type", [
    "", "text/plain", "application/json", "application/json; charset=utf-8",
    'application/json; charset="UTF-8"', "APPLICATION/JSON;CHARSET=UTF-8",
    "application/x-www-form-urlencoded", "\x00\n;;=;",
])  # fmt: skip
def test_json_is_read_whatever_the_content_type(content_type: str) -> None:
    assert json_object(sent('{"a": "é"}'.encode(), content_type=content_type)) == {"a": "é"}


@pytest.mark.parametrize("body", [
    b"", b" ", b"{", b"{'a': 1}", b'{"a": 1,}', b'{"a": 1} // comment', b'{"a": 1} x', b'{"a": 01}',
    b'{"a": NaN}', b'{"a": Infinity}', b'{"a": [-Infinity]}', b'{"a": 1, "a": 1}',
    b'{"b": [{"a": 1, "a": 2}]}', b'{"a": 1, "\\u0061": 2}', b'{"a": "\\ud800"}', b'{"\\udfff": 1}',
    b'{"a": "\x00"}', b'{"a": "\xff"}', b'\xef\xbb\xbf{"a": 1}', '{"a": 1}'.encode("utf-16"),
    b'{"a": ' + b"9" * 10_000 + b"}", b'{"a": ' * 100_000,
    b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
], ids=lambda body: repr(body[:24]))  # fmt: skip
def test_body_that_is_no_strict_json_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableBody, match=r"^The body is not valid JSON\.$"):
        json_object(sent(body))


@pytest.mark.parametrize("body", [b"[]", b'"a"', b"1", b"null", b"true", b'[{"a": 1}]'])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableBody, match="must be a JSON object"):
        json_object(sent(body))


def test_charset_surrogates_and_the_identity_encoding_are_read() -> None:
    latin = sent('{"a": "é"}'.encode("latin-1"), content_type="text/json; charset=ISO-8859-1")
    assert json_object(latin) == {"a": "é"}
    assert json_object(sent(b'{"a": "\\ud83d\\ude00"}')) == {"a": "\U0001f600"}
    for coding in ("", "identity", "Identity", "IDENTITY"):
        assert json_object(sent(b"{}", content_encoding=coding)) == {}


@pytest.mark.parametrize("read", [json_object, form])
def test_other_charsets_and_content_encodings_are_refused(
    read: Callable[[Request], Mapping[str, Any]],
) -> None:
    for charset in ("utf-16", "utf-7", "idna", "rot13", "nonsense", "zlib"):
        with pytest.raises(UnreadableBody, match="character encoding"):
            read(sent(b"{}", content_type=f"application/json; charset={charset}"))
    for coding in ("gzip", "br", "identity, gzip", "nonsense"):
        with pytest.raises(UnreadableBody, match="content encoding"):
            read(sent(b"{}", content_encoding=coding))


@given(st.binary(), st.text(), st.text())
def test_no_bytes_and_no_headers_break_the_readers(body: bytes, kind: str, coding: str) -> None:
    for content_type in (kind, f"a/b; charset={kind}", f"a/b; charset*={kind}", f"a/b;{kind}"):
        for read in (json_object, form, media_type):
            with suppress(UnreadableBody):
                read(sent(body, content_type=content_type, content_encoding=coding))


@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=5))
def test_any_form_is_read(fields: dict[str, str]) -> None:
    assert form(sent(urlencode(fields).encode())) == fields


@pytest.mark.parametrize(("body", "fields"), [
    (b"", {}),
    (b"a", {"a": ""}),
    (b"a=", {"a": ""}),
    (b"a=1&&b=2&", {"a": "1", "b": "2"}),
    (b"a=1=2", {"a": "1=2"}),
    (b"a=1;b=2", {"a": "1;b=2"}),
    (b"a=%zz", {"a": "%zz"}),
    (b"a+b=c%20d", {"a b": "c d"}),
])  # fmt: skip
def test_form_is_read_as_browsers_write_it(body: bytes, fields: dict[str, str]) -> None:
    assert form(sent(body)) == fields


@pytest.mark.parametrize("body", [
    b"a=1&a=1", b"a=1&%61=2", b"a=%ff", b"a=%ed%a0%80", b"a=\xff",
    "&".join(f"a{number}=" for number in range(1001)).encode(),
], ids=lambda body: repr(body[:16]))  # fmt: skip
def test_body_that_is_no_strict_form_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableBody, match="not a valid form"):
        form(sent(body))


@pytest.mark.parametrize(("content_type", "expected"), [
    (None, ""),
    ("", ""),
    ("application/json", "application/json"),
    (" Application/JSON ; charset=utf-8", "application/json"),
])  # fmt: skip
def test_media_type_has_no_case_and_no_parameters(content_type: str | None, expected: str) -> None:
    headers = {} if content_type is None else {"content_type": content_type}
    assert media_type(sent(b"", **headers)) == expected
