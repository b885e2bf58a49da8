"""Tokens: issued and judged; any change of one is refused, with the right reason."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.model.token_registry import token_id
from mockserver.model.tokens import TokenRejected, Tokens
from tests.engine_client import NOW
from tests.state_parts import new_registry

KEY = bytes(range(64))
CLAIMS = {"iat": NOW, "exp": NOW + 60, "user": "alice"}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
CLAIM_SETS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])).filter(
        lambda name: name not in ("iat", "nbf", "exp")
    ),
    JSON,
)


def fresh(
    key: bytes = KEY,
    header: tuple[str, ...] = ("typ", "alg"),
    prefix: str = "",
    revoked: tuple[str, ...] = (),
) -> Tokens:
    registry = new_registry()
    for token in revoked:
        registry.revoke(token_id(token))
    return Tokens(key, header, prefix, registry)


def reason(tokens: Tokens, token: str, now: int = NOW) -> str:
    with pytest.raises(TokenRejected) as caught:
        tokens.verify(token, now)
    assert caught.value.status == 401
    assert caught.value.message
    return caught.value.reason


def encoded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


TOKENS = fresh()
TOKEN = TOKENS.issue(CLAIMS)


@given(CLAIM_SETS)
def test_what_was_issued_is_read_back(claims: dict[str, Any]) -> None:
    read = TOKENS.verify(TOKENS.issue(claims), NOW)
    assert (read, list(read)) == (claims, list(claims))


def test_another_implementation_reads_the_token_with_the_same_key() -> None:
    assert jwt.decode(TOKEN, KEY, ["HS256"], {"verify_exp": False, "verify_iat": False}) == CLAIMS


def test_a_token_of_another_implementation_with_the_same_key_is_good() -> None:
    assert TOKENS.verify(jwt.encode(CLAIMS, KEY, "HS256"), NOW) == CLAIMS


@given(
    st.integers(0, len(TOKEN) - 1), st.sampled_from(ALPHABET + "=. +/%\n\u00e9") | st.characters()
)
def test_a_change_of_any_character_is_refused(place: int, character: str) -> None:
    assume(TOKEN[place] != character)
    assert reason(TOKENS, TOKEN[:place] + character + TOKEN[place + 1 :]) in (
        *("malformed", "no-signature", "wrong-algorithm", "bad-signature", "wrong-prefix"),
    )


@given(st.integers(0, len(TOKEN)), st.text(min_size=1, max_size=3))
def test_an_insertion_anywhere_is_refused(place: int, text: str) -> None:
    assert reason(TOKENS, TOKEN[:place] + text + TOKEN[place:])


@given(st.integers(0, len(TOKEN) - 1), st.integers(0, len(TOKEN)))
def test_any_part_of_a_token_is_refused(start: int, stop: int) -> None:
    assume(stop - start < len(TOKEN))
    assert reason(TOKENS, TOKEN[start:stop])


@given(st.text() | st.text(ALPHABET + "."))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    assert reason(TOKENS, text)


def test_every_spelling_of_the_signature_but_one_is_refused() -> None:
    # 43 characters carry 258 bits, two more than the signature has: four spellings of the last.
    last = ALPHABET.index(TOKEN[-1])
    others = {ALPHABET[last & ~3 | bits] for bits in range(4)} - {TOKEN[-1]}
    assert len(others) == 3
    assert {reason(TOKENS, TOKEN[:-1] + other) for other in others} == {"bad-signature"}


HEAD, BODY, SIGNATURE = TOKEN.split(".")
NO_ALGORITHM = encoded({"typ": "JWT", "alg": "none"})


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("", "malformed"),
        ("abc", "malformed"),
        ("...", "malformed"),
        (f"{HEAD}.{BODY}", "malformed"),
        (f"{TOKEN}.{SIGNATURE}", "malformed"),
        (f"{HEAD}.{SIGNATURE}.{SIGNATURE}", "malformed"),
        (f"{HEAD}.{encoded(['no object'])}.{SIGNATURE}", "malformed"),
        (f"{encoded('text')}.{BODY}.{SIGNATURE}", "malformed"),
        (f"{HEAD}.A.{SIGNATURE}", "malformed"),
        (f"JWT {TOKEN}", "wrong-prefix"),
        (f"Bearer  {TOKEN}", "wrong-prefix"),
        (f"{HEAD}.\ud800.{SIGNATURE}", "malformed"),
        (f"{HEAD}.{urlsafe_b64encode(b'[' * 100_000).decode()}.{SIGNATURE}", "malformed"),
        (f"{HEAD}.{BODY}.", "no-signature"),
        (f"{NO_ALGORITHM}.{BODY}.", "no-signature"),
        (f"{NO_ALGORITHM}.{BODY}.{SIGNATURE}", "no-signature"),
        (jwt.encode(CLAIMS, KEY, "HS512"), "wrong-algorithm"),
        (f"{encoded({'typ': 'JWT'})}.{BODY}.{SIGNATURE}", "wrong-algorithm"),
        (f"{encoded({'alg': ['HS256']})}.{BODY}.{SIGNATURE}", "wrong-algorithm"),
        (jwt.encode(CLAIMS, bytes(64), "HS256"), "bad-signature"),
        (f"{HEAD}.{encoded({**CLAIMS, 'user': 'bob'})}.{SIGNATURE}", "bad-signature"),
        (f"{encoded({'alg': 'HS256'})}.{BODY}.{SIGNATURE}", "bad-signature"),
        (TOKEN + "=", "malformed"),
        (TOKEN + " ", "malformed"),
    ],
)
def test_a_flaw_has_its_reason(token: str, expected: str) -> None:
    assert reason(TOKENS, token) == expected


@pytest.mark.parametrize(
    ("prefix", "text", "named"),
    [
        ("", f"{TOKEN}\n", "a line feed."),
        ("", f" {TOKEN}\r\n", "a blank, a carriage return, a line feed."),
        ("", f'"{TOKEN}"', "a double quote."),
        ("", f"'{TOKEN}'\t", "a single quote, a tab."),
        ("", f"{TOKEN}=", "an equals sign."),
        ("", f"{TOKEN},\u00e9", r"a comma, '\xe9'."),
        ("", f"{TOKEN}!$%&/(", "'!', '$', '%', '&', '/'."),
        ("", f"Bearer {TOKEN}", "'Bearer ' stands before the token and is no part of it."),
        ("JWT ", f"Bearer {TOKEN}", "it begins with 'Bearer '."),
        ("JWT ", f"JWT Bearer {TOKEN}", "'Bearer ' stands before the token"),
        ("JWT ", f"JWT {TOKEN}\n", "a line feed."),
        ("JWT ", TOKEN, "no prefix."),
    ],
)
def test_stray_characters_are_named(prefix: str, text: str, named: str) -> None:
    with pytest.raises(TokenRejected) as caught:
        fresh(prefix=prefix).verify(text, NOW)
    assert named in caught.value.detail
    assert caught.value.why == caught.value.detail


def test_a_flaw_of_another_kind_has_no_detail() -> None:
    with pytest.raises(TokenRejected) as caught:
        fresh(key=bytes(64)).verify(TOKEN, NOW)
    assert caught.value.detail == ""


def test_a_revoked_token_is_revoked_before_and_after_its_life() -> None:
    tokens = fresh(revoked=(TOKEN,))
    assert {reason(tokens, TOKEN, NOW + at) for at in (-1, 0, 60)} == {"revoked"}


def test_a_token_of_another_key_is_refused() -> None:
    tokens = fresh(key=bytes(64))
    assert reason(tokens, TOKEN) == "bad-signature"


@pytest.mark.parametrize(
    ("claims", "seconds", "expected"),
    [
        ({"exp": 60}, 59.999999, None),
        ({"exp": 60}, 60, "expired"),
        ({"exp": 60}, 86_400, "expired"),
        ({"exp": 0}, 0, "expired"),
        ({"iat": 0}, 0, None),
        ({"iat": 1}, 0.999999, "not-yet-valid"),
        ({"iat": 1}, 1, None),
        ({"nbf": 1}, 0, "not-yet-valid"),
        ({"nbf": 1}, 1, None),
        ({"iat": 0, "nbf": 5}, 4, "not-yet-valid"),
        ({"iat": 5, "nbf": 0}, 4, "not-yet-valid"),
        ({"nbf": 10, "exp": 5}, 7, "not-yet-valid"),
        ({}, 10**9, None),
    ],
)
def test_the_moments_in_a_token_are_judged_by_the_clock(
    claims: dict[str, int], seconds: float, expected: str | None
) -> None:
    tokens = fresh()
    token = tokens.issue({name: NOW + at for name, at in claims.items()})
    if expected is None:
        assert set(tokens.verify(token, int(NOW + seconds))) == set(claims)
    else:
        assert reason(tokens, token, int(NOW + seconds)) == expected


def test_a_refusal_says_how_long_ago_or_how_soon() -> None:
    tokens = fresh()
    with pytest.raises(TokenRejected, match="valid in 7 s"):
        tokens.verify(tokens.issue({"nbf": NOW + 7}), NOW)
    token = tokens.issue({"exp": NOW})
    with pytest.raises(TokenRejected, match="expired 7 s ago"):
        tokens.verify(token, NOW + 7)


def test_a_revoked_token_is_refused_and_no_other() -> None:
    tokens = fresh(revoked=(TOKEN,))
    other = tokens.issue({**CLAIMS, "user": "bob"})
    assert reason(tokens, TOKEN) == "revoked"
    assert tokens.verify(other, NOW)["user"] == "bob"


def test_a_revoked_token_stays_so_though_its_base64_is_spelt_otherwise() -> None:
    tokens = fresh(revoked=(TOKEN,))
    for spelling in (*(TOKEN[:-1] + last for last in ALPHABET), TOKEN + "=", f"{TOKEN}=="):
        assert reason(tokens, spelling) in ("revoked", "bad-signature", "malformed")


@pytest.mark.parametrize("header", [("typ", "alg"), ("alg", "typ"), ("alg",)])
def test_the_header_has_its_names_in_the_vendors_order(header: tuple[str, ...]) -> None:
    tokens = fresh(header=header)
    assert list(jwt.get_unverified_header(tokens.issue(CLAIMS))) == list(header)


def test_a_prefix_is_part_of_the_token_and_stands_there_once() -> None:
    tokens = fresh(prefix="JWT ")
    token = tokens.issue(CLAIMS)
    assert token == f"JWT {TOKEN}"
    assert tokens.verify(token, NOW) == CLAIMS
    for other in (TOKEN, f"jwt {TOKEN}", f"JWT {token}", f"Bearer {TOKEN}", f" {token}", ""):
        assert reason(tokens, other) == "wrong-prefix"


def test_a_token_is_ours_by_its_signature_though_it_has_expired_or_was_revoked() -> None:
    tokens = fresh(revoked=(TOKEN,))
    assert tokens.is_ours(TOKEN)
    assert tokens.is_revoked(TOKEN)
    assert not tokens.is_ours(TOKEN[:-1])
    assert not tokens.is_revoked(TOKEN[:-1])


def test_datasentinels_printed_token_is_reproduced_to_the_byte_but_for_the_signature() -> None:
    claims = {
        "exp": 1580216224,
        "iat": 1580129819,
        "database": "Main Org.",
        "email": "test@datasentinel.io",
        "user": "test",
    }
    assert TOKENS.issue(claims).rpartition(".")[0] == (
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHAiOjE1ODAyMTYyMjQsImlhdCI6MTU4MDEyOTgxOSwiZGF0"
        "YWJhc2UiOiJNYWluIE9yZy4iLCJlbWFpbCI6InRlc3RAZGF0YXNlbnRpbmVsLmlvIiwidXNlciI6InRlc3QifQ"
    )


def test_a_token_is_spoken_of_by_16_digits_of_its_sha256() -> None:
    assert token_id("abc") == "ba7816bf8f01cfea"
