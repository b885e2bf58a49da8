"""The `Authorization` header, taken apart."""

from base64 import b64encode
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
    assert scheme_and_value(sent(*values)) == parts
    assert bearer(sent(*values)) == token
    assert bearer(sent("abc")) is None


@given(
    st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_any_user_and_password_survive_basic_authentication(user: str, password: str) -> None:
    assert basic(sent(f"Basic {encoded(f'{user}:{password}')}")) == (user, password)


def test_basic_credentials_may_hold_colons_and_latin_1() -> None:
    """`requests` and aiohttp send a user and a password in Latin-1."""
    assert basic(sent(f"basic {encoded('user:a:b:')}")) == ("user", "a:b:")
    latin = encoded("renée:pässword".encode("latin-1"))
    assert basic(sent(f"Basic {latin}")) == ("renée", "pässword")


@pytest.mark.parametrize(("values", "reason"), [
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
])  # fmt: skip
def test_unreadable_basic_credentials_have_the_true_reason(values: list[str], reason: str) -> None:
    with pytest.raises(CredentialsError, match=reason):
        basic(sent(*values))


@given(st.text())
def test_no_text_breaks_the_parsers(value: str) -> None:
    for scheme in ("", "Basic ", "Bearer "):
        with suppress(CredentialsError):
            assert basic(sent(scheme + value))[0].count(":") == 0
        assert bearer(sent(scheme + value)) is None or scheme != "Basic "
