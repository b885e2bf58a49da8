"""Tokens with a defect, each of which is refused for its own reason."""

from collections.abc import Callable, Mapping
from secrets import token_bytes

from mockserver.model.tokens import OTHER_ALGORITHM, Claims, Tokens, signed_token

# Seconds. Some JWT libraries have 60 s of leeway by default, .NET has 300 s.
_HOUR = 3600

Maker = Callable[[Tokens, Claims], str]


def make_defective(tokens: Tokens, claims: Claims, defect: str, now: int) -> str:
    """Return a token that is refused at `now`, Unix seconds, for one of `DEFECTS`."""
    return defective_token(tokens, defective_claims(claims, defect, now), defect)


def defective_claims(claims: Claims, defect: str, now: int) -> Claims:
    """Return `claims` changed as one of `DEFECTS` needs them; `now` is in Unix seconds."""
    if defect == "expired":
        issued = {"iat": now - 2 * _HOUR} if "iat" in claims else {}
        return {**claims, **issued, "exp": now - _HOUR}
    if defect == "not-yet-valid":
        return {**claims, "nbf": now + _HOUR}
    return claims


def defective_token(tokens: Tokens, claims: Claims, defect: str) -> str:
    """Return a token with these claims and one of `DEFECTS`."""
    return tokens.prefix + DEFECTS[defect](tokens, claims)


def _flawless(tokens: Tokens, claims: Claims) -> str:
    return tokens.sign(claims)


def _bad_signature(tokens: Tokens, claims: Claims) -> str:
    return signed_token(tokens.header, claims, token_bytes(32))


def _wrong_algorithm(tokens: Tokens, claims: Claims) -> str:
    header = {**tokens.header, "alg": OTHER_ALGORITHM}
    return signed_token(header, claims, token_bytes(64), OTHER_ALGORITHM)


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
"""The defects that can be minted, by the reason for which such a token is refused."""

OUTCOMES = ("500", "503", "429", *DEFECTS)
"""The outcomes of magic accounts: the vendor's error with a status, or tokens with a defect."""
