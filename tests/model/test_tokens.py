"""Tokens are issued and verified; any change of one is refused with the right reason."""

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

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
CLAIM_SETS = st.dictionaries(TEXT.filter(lambda name: name not in ("iat", "nbf", "exp")), JSON)


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
def test_issued_token_is_read_back(claims: dict[str, Any]) -> None:
    read = TOKENS.verify(TOKENS.issue(claims), NOW)
    assert (read, list(read)) == (claims, list(claims))


def test_another_implementation_with_the_same_key_agrees() -> None:
    assert jwt.decode(TOKEN, KEY, ["HS256"], {"verify_exp": False, "verify_iat": False}) == CLAIMS
    assert TOKENS.verify(jwt.encode(CLAIMS, KEY, "HS256"), NOW) == CLAIMS


CHARACTERS = st.sampled_from(ALPHABET + "=. +/%\n\u00e9") | st.characters()


@given(st.integers(0, len(TOKEN) - 1), CHARACTERS)
def test_change_of_any_character_is_refused(place: int, character: str) -> None:
    assume(TOKEN[place] != character)
    assert reason(TOKENS, TOKEN[:place] + character + TOKEN[place + 1 :]) in (
        *("malformed", "no-signature", "wrong-algorithm", "bad-signature", "wrong-prefix"),
    )


@given(st.integers(0, len(TOKEN)), st.integers(0, len(TOKEN)), st.text() | st.text(ALPHABET + "."))
def test_insertion_part_and_any_other_text_are_refused(start: int, stop: int, text: str) -> None:
    for other in (TOKEN[:start] + text + TOKEN[start:], TOKEN[start:stop], text):
        assert other == TOKEN or reason(TOKENS, other)


def test_every_spelling_of_the_signature_but_one_is_refused() -> None:
    # 43 characters carry 258 bits, two more than the signature has: four spellings of the last.
    last = ALPHABET.index(TOKEN[-1])
    others = {ALPHABET[last & ~3 | bits] for bits in range(4)} - {TOKEN[-1]}
    assert len(others) == 3
    assert {reason(TOKENS, TOKEN[:-1] + other) for other in others} == {"bad-signature"}


HEAD, BODY, SIGNATURE = TOKEN.split(".")
NO_ALGORITHM = encoded({"typ": "JWT", "alg": "none"})


@pytest.mark.parametrize(("token", "expected"), [
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
])  # fmt: skip
def test_each_flaw_has_its_reason(token: str, expected: str) -> None:
    assert reason(TOKENS, token) == expected


@pytest.mark.parametrize(("prefix", "text", "named"), [
    ("", f"{TOKEN}\n", "a line feed."),
    ("", f" {TOKEN}\r\n", "a blank, a carriage return, a line feed."),
    ("", f'"{TOKEN}"', "a double quote."),
    ("", f"'{TOKEN}'\t", "a single quote, a tab."),
    ("", f"{TOKEN}=", "an equals sign."),
    ("", f"{TOKEN},\u00e9", r"a comma, '\xe9'."),
    ("", f"{TOKEN}!$%&/(", "'!', '$', '%', '&', '/'."),
    ("", f"Bearer {TOKEN}", "'Bearer ' precedes the token and is not part of it."),
    ("JWT ", f"Bearer {TOKEN}", "it begins with 'Bearer '."),
    ("JWT ", f"JWT Bearer {TOKEN}", "'Bearer ' precedes the token"),
    ("JWT ", f"JWT {TOKEN}\n", "a line feed."),
    ("JWT ", TOKEN, "no prefix."),
    ("JWT ", f'"JWT {TOKEN}"', "stray characters before it: a double quote."),
    ("JWT ", f"Bearer JWT {TOKEN}", "it begins with 'Bearer '."),
])  # fmt: skip
def test_stray_characters_are_named(prefix: str, text: str, named: str) -> None:
    with pytest.raises(TokenRejected) as caught:
        fresh(prefix=prefix).verify(text, NOW)
    assert named in caught.value.detail
    assert caught.value.why == caught.value.detail


def test_another_key_and_a_revocation_are_reasons_without_detail() -> None:
    with pytest.raises(TokenRejected) as caught:
        fresh(key=bytes(64)).verify(TOKEN, NOW)
    assert (caught.value.reason, caught.value.detail) == ("bad-signature", "")
    tokens = fresh(revoked=(TOKEN,))
    assert {reason(tokens, TOKEN, NOW + at) for at in (-1, 0, 60)} == {"revoked"}
    assert tokens.verify(tokens.issue({**CLAIMS, "user": "bob"}), NOW)["user"] == "bob"
    assert (tokens.is_ours(TOKEN), tokens.is_revoked(TOKEN)) == (True, True)
    assert (tokens.is_ours(TOKEN[:-1]), tokens.is_revoked(TOKEN[:-1])) == (False, False)


@pytest.mark.parametrize(("claims", "seconds", "expected"), [
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
])  # fmt: skip
def test_moments_of_a_token_are_compared_with_the_clock(
    claims: dict[str, int], seconds: float, expected: str | None
) -> None:
    tokens = fresh()
    token = tokens.issue({name: NOW + at for name, at in claims.items()})
    if expected is None:
        assert set(tokens.verify(token, int(NOW + seconds))) == set(claims)
    else:
        assert reason(tokens, token, int(NOW + seconds)) == expected


def test_refusal_has_the_seconds_since_or_until() -> None:
    tokens = fresh()
    with pytest.raises(TokenRejected, match="valid in 7 s"):
        tokens.verify(tokens.issue({"nbf": NOW + 7}), NOW)
    token = tokens.issue({"exp": NOW})
    with pytest.raises(TokenRejected, match="expired 7 s ago"):
        tokens.verify(token, NOW + 7)


def test_revoked_token_stays_revoked_in_other_spellings_of_base64() -> None:
    tokens = fresh(revoked=(TOKEN,))
    for spelling in (*(TOKEN[:-1] + last for last in ALPHABET), TOKEN + "=", f"{TOKEN}=="):
        assert reason(tokens, spelling) in ("revoked", "bad-signature", "malformed")


@pytest.mark.parametrize("header", [("typ", "alg"), ("alg", "typ"), ("alg",)])
def test_header_has_its_names_in_the_vendors_order(header: tuple[str, ...]) -> None:
    token = fresh(header=header).issue(CLAIMS)
    assert list(jwt.get_unverified_header(token)) == list(header)


def test_prefix_is_part_of_the_token_once() -> None:
    tokens = fresh(prefix="JWT ")
    token = tokens.issue(CLAIMS)
    assert token == f"JWT {TOKEN}"
    assert tokens.verify(token, NOW) == CLAIMS
    for other in (TOKEN, f"jwt {TOKEN}", f"JWT {token}", f"Bearer {TOKEN}", f" {token}", ""):
        assert reason(tokens, other) == "wrong-prefix"


def test_token_id_is_16_digits_of_sha256_and_the_token_printed_by_datasentinel_is_reproduced() -> (
    None
):
    assert token_id("abc") == "ba7816bf8f01cfea"
    claims = {
        **{"exp": 1580216224, "iat": 1580129819, "database": "Main Org."},
        **{"email": "test@datasentinel.io", "user": "test"},
    }
    assert TOKENS.issue(claims).rpartition(".")[0] == (
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHAiOjE1ODAyMTYyMjQsImlhdCI6MTU4MDEyOTgxOSwiZGF0"
        "YWJhc2UiOiJNYWluIE9yZy4iLCJlbWFpbCI6InRlc3RAZGF0YXNlbnRpbmVsLmlvIiwidXNlciI6InRlc3QifQ"
    )


def test_remembered_signatures_keep_order_type_time_and_revocation() -> None:
    registry = new_registry()
    tokens = Tokens(KEY, ("typ", "alg"), "", registry)
    alike: list[dict[str, Any]] = [
        {"exp": NOW + 9, "n": 1},
        {"n": 1, "exp": NOW + 9},
        {"exp": NOW + 9, "n": 1.0},
    ]
    first = [tokens.issue(claims) for claims in alike]
    assert len(set(first)) == 3
    assert first == [tokens.issue(claims) for claims in alike]
    for number in range(100):  # more than are remembered
        tokens.verify(tokens.issue({"number": number}), NOW)
    for token, claims in zip(first, alike, strict=True):
        for _ in range(2):
            read = tokens.verify(token, NOW)
            assert json.dumps({**read}) == json.dumps(claims)
        assert reason(tokens, token, NOW + 9) == "expired"
        assert reason(fresh(KEY[::-1]), token) == "bad-signature"
        registry.revoke(token_id(token))
        assert reason(tokens, token) == "revoked"
