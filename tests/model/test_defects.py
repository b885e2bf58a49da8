"""Tokens with an ordered defect: each is refused for that and nothing else."""

from typing import Any

import pytest

from mockserver.model.defects import DEFECTS, defective_claims, defective_token
from mockserver.model.tokens import TokenRejected, Tokens
from tests.engine_client import NOW, jwt_parts
from tests.state_parts import new_registry

HEADERS = [("typ", "alg"), ("alg", "typ")]


def issuer(header: tuple[str, ...] = HEADERS[0], prefix: str = "") -> Tokens:
    return Tokens(b"k" * 32, header, prefix, new_registry())


def made(tokens: Tokens, claims: dict[str, Any], defect: str) -> str:
    return defective_token(tokens, defective_claims(claims, defect, NOW), defect)


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("prefix", ["", "JWT "])
@pytest.mark.parametrize(
    "claims", [{}, {"sub": "é"}, {"iat": NOW, "exp": NOW + 60}, {"iat": NOW, "nbf": NOW}], ids=str
)
def test_token_is_refused_for_its_defect(
    defect: str, header: tuple[str, ...], prefix: str, claims: dict[str, Any]
) -> None:
    tokens = issuer(header, prefix)
    token = made(tokens, claims, defect)
    assert tokens.verify(tokens.issue(claims), NOW) == claims
    with pytest.raises(TokenRejected) as refused:
        tokens.verify(token, NOW)
    assert refused.value.reason == defect
    assert token.startswith(prefix)


@pytest.mark.parametrize("defect", DEFECTS)
def test_other_claims_are_those_of_a_valid_token(defect: str) -> None:
    tokens = issuer()
    claims = {"z": 1, "iat": NOW, "exp": NOW + 60, "a": 2}
    token = made(tokens, claims, defect)
    head, said = jwt_parts(token if token.count(".") == 2 else f"{token}.")
    algorithm = {"wrong-algorithm": "HS512", "no-signature": "none"}.get(defect, "HS256")
    assert list(head.items()) == [("typ", "JWT"), ("alg", algorithm)]
    assert [name for name in said if name in claims] == list(claims)
    assert {**said, **claims, "nbf": None} == {**claims, "nbf": None}


def test_only_defects_of_time_change_claims() -> None:
    claims = {"iat": NOW, "exp": NOW + 60}
    changed = {defect: defective_claims(claims, defect, NOW) for defect in DEFECTS}
    assert changed == {
        **dict.fromkeys(DEFECTS, claims),
        "expired": {"iat": NOW - 7200, "exp": NOW - 3600},
        "not-yet-valid": {**claims, "nbf": NOW + 3600},
    }


@pytest.mark.parametrize("defect", ["bad-signature", "wrong-algorithm"])
def test_bad_signature_differs_each_time(defect: str) -> None:
    tokens = issuer()
    assert made(tokens, {}, defect) != made(tokens, {}, defect)
