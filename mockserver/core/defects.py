"""Tokens with an ordered defect, to see how a client takes it."""

from collections.abc import Callable, Mapping
from secrets import token_bytes
from typing import Any

from jwt.algorithms import HMACAlgorithm

from mockserver.core.tokens import Claims, Tokens, signed_token

_LATER = 3600  # seconds
_sha512 = HMACAlgorithm(HMACAlgorithm.SHA512)

Maker = Callable[[Tokens, dict[str, Any], int], str]


def defective(tokens: Tokens, claims: Claims, defect: str, now: int) -> str:
    """A token with `claims` and one of `DEFECTS`; `now` in Unix seconds."""
    return tokens.prefix + DEFECTS[defect](tokens, dict(claims), now)


def _expired(tokens: Tokens, claims: dict[str, Any], now: int) -> str:
    issued = {"iat": now - _LATER} if "iat" in claims else {}
    return tokens.sign({**claims, **issued, "exp": now - 1})


def _not_yet_valid(tokens: Tokens, claims: dict[str, Any], now: int) -> str:
    return tokens.sign({**claims, "nbf": now + _LATER})


def _bad_signature(tokens: Tokens, claims: dict[str, Any], _now: int) -> str:
    return signed_token(tokens.header, claims, token_bytes(32))


def _wrong_algorithm(tokens: Tokens, claims: dict[str, Any], _now: int) -> str:
    header = {**tokens.header, "alg": "HS512"}
    return signed_token(header, claims, token_bytes(64), _sha512)


def _no_signature(tokens: Tokens, claims: dict[str, Any], _now: int) -> str:
    unsigned = signed_token({**tokens.header, "alg": "none"}, claims, token_bytes(32))
    return unsigned.rpartition(".")[0] + "."


def _malformed(tokens: Tokens, claims: dict[str, Any], _now: int) -> str:
    return tokens.sign(claims).rpartition(".")[0]


DEFECTS: Mapping[str, Maker] = {
    "expired": _expired,
    "not-yet-valid": _not_yet_valid,
    "bad-signature": _bad_signature,
    "wrong-algorithm": _wrong_algorithm,
    "no-signature": _no_signature,
    "malformed": _malformed,
}
"""Every defect that can be ordered, by the reason with which such a token is refused."""
