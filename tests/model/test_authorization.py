"""The `Authorization` header, taken apart."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.http import Headers, Request
from mockserver.model.request_content import CredentialsError, basic, bearer, scheme_and_value


def sent(*values: str) -> Request:
    return Request("GET", "/", headers=Headers(("Authorization", value) for value in values))


def encoded(pair: str | bytes) -> str:
    return b64encode(pair if isinstance(pair, bytes) else pair.encode()).decode()


@pytest.mark.parametrize("read", [scheme_and_value, bearer])
def test_without_the_header_there_is_nothing(read: Callable[[Request], object]) -> None:
    assert read(sent()) is None


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("Bearer abc", ("bearer", "abc")),
        ("BEARER abc", ("bearer", "abc")),
        ("  Bearer \t abc\t ", ("bearer", "abc")),
        ("Bearer", ("bearer", "")),
        ("Bearer ", ("bearer", "")),
        ("Bearer a b", ("bearer", "a b")),
        ("", ("", "")),
    ],
)
def test_the_scheme_has_no_case_and_the_value_no_space_around_it(
    value: str, parts: tuple[str, str]
) -> None:
    assert scheme_and_value(sent(value)) == parts


@pytest.mark.parametrize("value", ["Bearer abc", "bearer abc", "BEARER   abc "])
def test_a_bearer_token_is_read(value: str) -> None:
    assert bearer(sent(value)) == "abc"


@pytest.mark.parametrize("value", ["", "abc", "Bearer", "Bearer ", "Bearer a b", "JWT abc"])
def test_what_is_no_bearer_token_is_none(value: str) -> None:
    assert bearer(sent(value)) is None


def test_a_header_sent_twice_is_no_bearer_token() -> None:
    assert bearer(sent("Bearer abc", "Bearer abc")) is None


@given(
    st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_any_user_and_password_survive_basic_authentication(user: str, password: str) -> None:
    assert basic(sent(f"Basic {encoded(f'{user}:{password}')}")) == (user, password)


def test_a_password_may_hold_colons() -> None:
    assert basic(sent(f"basic {encoded('user:a:b:')}")) == ("user", "a:b:")


def test_basic_credentials_that_are_no_utf_8_are_latin_1() -> None:
    """`requests` and aiohttp send a user and a password in Latin-1."""
    assert basic(sent(f"Basic {encoded('renée:pässword'.encode('latin-1'))}")) == (
        *("renée", "pässword"),
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], "was not sent"),
        ([""], "another scheme"),
        ([f"Bearer {encoded('user:password')}"], "another scheme"),
        (["Basic"], "no colon"),
        (["Basic "], "no colon"),
        ([f"Basic {encoded('no colon')}"], "no colon"),
        (["Basic user:password"], "not base64"),
        (["Basic dXNlcjpwYXNzd29yZA"], "not base64"),
        ([f"Basic {encoded('user:password')} x"], "not base64"),
        (["Basic dXNlc\u00e9"], "not base64"),
        (["Basic ===="], "not base64"),
    ],
)
def test_unreadable_basic_credentials_have_the_true_reason(values: list[str], reason: str) -> None:
    with pytest.raises(CredentialsError, match=reason):
        basic(sent(*values))


@given(st.text())
def test_no_text_breaks_the_parsers(value: str) -> None:
    for scheme in ("", "Basic ", "Bearer "):
        with suppress(CredentialsError):
            assert basic(sent(scheme + value))[0].count(":") == 0
        assert bearer(sent(scheme + value)) is None or scheme != "Basic "
