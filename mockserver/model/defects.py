"""Tokens with an ordered defect, to see how a client takes it."""

from collections.abc import Callable, Mapping
from secrets import token_bytes

from mockserver.model.tokens import Claims, Tokens, signed_token

_LATER = 3600  # seconds
_OTHER = "HS512"

Maker = Callable[[Tokens, Claims], str]


def make_defective(tokens: Tokens, claims: Claims, defect: str, now: int) -> str:
    """A token that is refused, now in Unix seconds, for one of `DEFECTS`."""
    return defective_token(tokens, defective_claims(claims, defect, now), defect)


def defective_claims(claims: Claims, defect: str, now: int) -> Claims:
    """`claims` as a token with one of `DEFECTS` has them; `now` in Unix seconds."""
    if defect == "expired":
        issued = {"iat": now - _LATER} if "iat" in claims else {}
        return {**claims, **issued, "exp": now - 1}
    if defect == "not-yet-valid":
        return {**claims, "nbf": now + _LATER}
    return claims


def defective_token(tokens: Tokens, claims: Claims, defect: str) -> str:
    """A token with these claims and one of `DEFECTS`."""
    return tokens.prefix + DEFECTS[defect](tokens, claims)


def _flawless(tokens: Tokens, claims: Claims) -> str:
    return tokens.sign(claims)


def _bad_signature(tokens: Tokens, claims: Claims) -> str:
    return signed_token(tokens.header, claims, token_bytes(32))


def _wrong_algorithm(tokens: Tokens, claims: Claims) -> str:
    header = {**tokens.header, "alg": _OTHER}
    return signed_token(header, claims, token_bytes(64), _OTHER)


def _no_signature(tokens: Tokens, claims: Claims) -> str:
    unsigned = signed_token({**tokens.header, "alg": "none"}, claims, token_bytes(32))
    return unsigned.rpartition(".")[0] + "."


def _malformed(tokens: Tokens, claims: Claims) -> str:
    return tokens.sign(claims).rpartition(".")[0]


DEFECTS: Mapping[str, Maker] = {
    "expired": _flawless,  # the defect is in the claims
    "not-yet-valid": _flawless,
    "bad-signature": _bad_signature,
    "wrong-algorithm": _wrong_algorithm,
    "no-signature": _no_signature,
    "malformed": _malformed,
}
"""Every defect that can be ordered, by the reason with which such a token is refused."""

OUTCOMES = ("500", "503", "429", *DEFECTS)
"""What magic accounts stand for: the vendor's error with this status, or tokens with a defect."""
