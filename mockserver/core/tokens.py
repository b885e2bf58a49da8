"""Bearer tokens as JWTs: issued, judged by signature, claims and clock, revoked.

Nothing is kept for a good token; only revoked ones are remembered, by a digest.
"""

import hashlib
import json
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from jwt.algorithms import HMACAlgorithm
from jwt.exceptions import DecodeError
from jwt.utils import base64url_decode, base64url_encode

from mockserver.core.clock import Clock
from mockserver.core.errors import Refusal
from mockserver.core.http import json_text
from mockserver.core.store import Shelf

Claims = Mapping[str, Any]
ALGORITHM = "HS256"
_hmac = HMACAlgorithm(HMACAlgorithm.SHA256)


class TokenRejected(Refusal):
    """A token that is no good. `reason`: one word for programs; the text: for people."""

    status = 401

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Tokens:
    """Issues and judges the tokens of one vendor in one state.

    `header`: the names of the JWT header in the vendor's order, out of `typ` and `alg`.
    """

    def __init__(self, key: bytes, header: tuple[str, ...], clock: Clock, revoked: Shelf) -> None:
        self._key = _hmac.prepare_key(key)
        words = {"typ": "JWT", "alg": ALGORITHM}
        self._header = _encode({name: words[name] for name in header})
        self._clock = clock
        self._revoked = revoked

    def issue(self, claims: Claims) -> str:
        """A signed JWT with `claims` in their order."""
        signed = self._header + b"." + _encode(claims)
        return (signed + b"." + self._signature(signed)).decode()

    def verify(self, token: str) -> Claims:
        """The claims of a token of ours that is good now; TokenRejected says why it is not."""
        claims = self._authentic(token)
        self._check_moment(claims)
        if self._revoked.get(token_id(token)) is not None:
            raise TokenRejected("revoked", "The token was revoked.")
        return claims

    def revoke(self, token: str) -> None:
        """Refuse this token from now on."""
        self._revoked.put(token_id(token), {"revoked": self._clock.unix()})

    def _signature(self, signed: bytes) -> bytes:
        return base64url_encode(_hmac.sign(signed, self._key))

    def _authentic(self, token: str) -> Claims:
        # The signature is compared as text: base64 spells the same bytes in several ways, and a
        # second spelling of a revoked token must not pass for another token.
        signed, _, signature = _octets(token).rpartition(b".")
        if not compare_digest(self._signature(signed), signature):
            raise _flaw(token)
        return _decode(signed.partition(b".")[2])

    def _check_moment(self, claims: Claims) -> None:
        now = self._clock.unix()
        begins = max(claims.get("nbf", now), claims.get("iat", now))
        if begins > now:
            raise TokenRejected("not-yet-valid", f"The token is valid in {begins - now} s.")
        if claims.get("exp", now + 1) <= now:
            raise TokenRejected("expired", f"The token expired {now - claims['exp']} s ago.")


def token_id(token: str) -> str:
    """The name under which a token is spoken of: 16 hex digits of its SHA-256."""
    return hashlib.sha256(_octets(token)).hexdigest()[:16]


def _flaw(token: str) -> TokenRejected:
    parts = _octets(token).split(b".")
    try:
        header, _ = _decode(parts[0]), _decode(parts[1])
    except (ValueError, DecodeError, IndexError, RecursionError):
        return TokenRejected("malformed", "The token is malformed.")
    if len(parts) != 3:
        return TokenRejected("malformed", "The token is malformed.")
    if not parts[2] or header.get("alg") == "none":
        return TokenRejected("no-signature", "The token is not signed.")
    if header.get("alg") != ALGORITHM:
        return TokenRejected("wrong-algorithm", f"The token is not signed with {ALGORITHM}.")
    return TokenRejected("bad-signature", "The token's signature is not valid.")


def _octets(token: str) -> bytes:
    return token.encode(errors="surrogatepass")


def _encode(value: Mapping[str, Any]) -> bytes:
    return base64url_encode(json_text(value).encode())


def _decode(part: bytes) -> dict[str, Any]:
    value = json.loads(base64url_decode(part))
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value
