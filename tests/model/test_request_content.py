"""What a request holds, read strictly: its body and its `Authorization` header."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.errors import UnreadableBody
from mockserver.model.http import Headers, Request
from mockserver.model.request_content import (
    CredentialsError,
    basic,
    bearer,
    form,
    json_object,
    media_type,
    scheme_and_value,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | TEXT,
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
    for other in (b"[]", b'"a"', b"1", b"null", b"true", b'[{"a": 1}]'):
        with pytest.raises(UnreadableBody, match="must be a JSON object"):
            json_object(sent(other))


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


def test_media_type_has_no_case_and_no_parameters() -> None:
    for content_type in ("application/json", " Application/JSON ; charset=utf-8"):
        assert media_type(sent(b"", content_type=content_type)) == "application/json"
    assert media_type(sent(b"")) == media_type(sent(b"", content_type="")) == ""


def auth(*values: str) -> Request:
    return Request("GET", "/", headers=Headers(("Authorization", value) for value in values))


def encoded(pair: str | bytes) -> str:
    return b64encode(pair if isinstance(pair, bytes) else pair.encode()).decode()


@pytest.mark.parametrize(("values", "parts", "token"), [
    ([], None, None),
    (["Bearer abc"], ("bearer", "abc"), "abc"),
    (["BEARER   abc "], ("bearer", "abc"), "abc"),
    (["  bearer \t abc\t "], ("bearer", "abc"), "abc"),
    (["Bearer"], ("bearer", ""), None),
    (["Bearer "], ("bearer", ""), None),
    (["Bearer a b"], ("bearer", "a b"), None),
    ([""], ("", ""), None),
    (["JWT abc"], ("jwt", "abc"), None),
    (["Bearer abc", "Bearer abc"], ("bearer", "abc, Bearer abc"), None),
])  # fmt: skip
def test_header_has_a_scheme_and_a_value(
    values: list[str], parts: tuple[str, str] | None, token: str | None
) -> None:
    """The scheme has no case, the value no space around it."""
    assert scheme_and_value(auth(*values)) == parts
    assert bearer(auth(*values)) == token
    assert bearer(auth("abc")) is None


@given(st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])), TEXT)
def test_any_user_and_password_survive_basic_authentication(user: str, password: str) -> None:
    """`requests` and aiohttp send them in Latin-1."""
    assert basic(auth(f"Basic {encoded(f'{user}:{password}')}")) == (user, password)
    assert basic(auth(f"basic {encoded('user:a:b:')}")) == ("user", "a:b:")
    latin = encoded("renée:pässword".encode("latin-1"))
    assert basic(auth(f"Basic {latin}")) == ("renée", "pässword")


@pytest.mark.parametrize(("values", "reason"), [
    ([], "was not sent"),
    ([""], "not Basic"),
    ([f"Bearer {encoded('user:password')}"], "not Basic"),
    (["Basic"], "no colon"),
    (["Basic "], "no colon"),
    ([f"Basic {encoded('no colon')}"], "no colon"),
    (["Basic user:password"], "not base64"),
    (["Basic dXNlcjpwYXNzd29yZA"], "not base64"),
    ([f"Basic {encoded('user:password')} x"], "not base64"),
    (["Basic dXNlc\u00e9"], "not base64"),
    (["Basic ===="], "not base64"),
])  # fmt: skip
def test_unreadable_basic_credentials_have_the_true_reason(values: list[str], reason: str) -> None:
    with pytest.raises(CredentialsError, match=reason):
        basic(auth(*values))


@given(st.text())
def test_no_text_breaks_the_parsers(value: str) -> None:
    for scheme in ("", "Basic ", "Bearer "):
        with suppress(CredentialsError):
            assert basic(auth(scheme + value))[0].count(":") == 0
        assert bearer(auth(scheme + value)) is None or scheme != "Basic "
