"""Bearer tokens as JWTs: sign them, and verify signature, claims, time and revocation.

A valid token need not be stored, because its signature is verified. Only revocations are looked up.
"""

import hashlib
import hmac
import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from mockserver.model.errors import Refusal
from mockserver.model.http import json_text
from mockserver.model.memo import remember
from mockserver.model.token_registry import TokenRegistry, token_id

Claims = Mapping[str, Any]
ALGORITHM = "HS256"
_WORDS = {"typ": "JWT", "alg": ALGORITHM}
OTHER_ALGORITHM = "HS512"  # of a defective token
_HASHES = {ALGORITHM: hashlib.sha256, OTHER_ALGORITHM: hashlib.sha512}

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_REMEMBERED = 64  # tokens
_SHORT = 2048  # characters of a token that is remembered: claims can be of any size
_MOST_NAMED = 5
_NAMES = {
    "\n": "a line feed",
    "\r": "a carriage return",
    "\t": "a tab",
    " ": "a blank",
    '"': "a double quote",
    "'": "a single quote",
    "=": "an equals sign",
    ",": "a comma",
}
"""Names of the characters that are most often sent around a token by mistake."""

Sign = Callable[[bytes], bytes]
"""From bytes to their signature, as base64url."""


class TokenRejected(Refusal):
    """A token that is not accepted.

    `reason` is a fixed name for programs, the message is for people. `detail` describes stray
    characters around the token, or is empty.
    """

    usual: ClassVar[int] = 401

    def __init__(self, reason: str, message: str, why: str = "", detail: str = "") -> None:
        super().__init__(message, why=why or detail)
        self.reason = reason
        self.detail = detail


class Tokens:
    """Sign and verify the tokens of one vendor in one state.

    `header` has the names of the JWT header in the vendor's order, out of `typ` and `alg`.
    `prefix` is what the vendor puts before the JWT; it is part of the token.
    """

    def __init__(
        self, key: bytes, header: tuple[str, ...], prefix: str, registry: TokenRegistry
    ) -> None:
        self.header = {name: _WORDS[name] for name in header}
        self.prefix = prefix
        self._key = key
        self._sign: Sign | None = None
        self._encoded_header = _encode(self.header)
        self._registry = registry
        # Clients use one token for many requests, and equal claims make equal tokens. Expiry and
        # revocation are not remembered: see `verify`.
        self._jwts: dict[str, str] = {}  # JWTs by the JSON text of their claims
        self._verified: dict[str, Claims] = {}  # claims by JWT

    def issue(self, claims: Claims) -> str:
        """Return a token with `claims` in their order, with the vendor's prefix."""
        return self.prefix + self.sign(claims)

    def sign(self, claims: Claims) -> str:
        """Return the JWT alone, signed with this vendor's key."""
        text = json_text(claims)
        known = self._jwts.get(text)
        if known is not None:
            return known
        signed = self._encoded_header + b"." + _base64url(text.encode())
        jwt = (signed + b"." + self._signature(signed)).decode()
        if len(jwt) <= _SHORT:
            remember(self._jwts, text, jwt, _REMEMBERED)
        return jwt

    def verify(self, token: str, now: int) -> Claims:
        """Return the claims of a token that is valid at `now`, Unix seconds.

        Raises:
            TokenRejected: the reason for which the token is not accepted.
        """
        jwt = token.removeprefix(self.prefix)
        if self.prefix and (jwt == token or jwt.startswith(self.prefix)):
            raise self._wrong_prefix(jwt)
        claims = self._authentic(jwt)
        if self.is_revoked(token):
            raise TokenRejected("revoked", "The token was revoked.")
        _check_moment(claims, now)
        return claims

    def _wrong_prefix(self, jwt: str) -> TokenRejected:
        before, prefix, _ = jwt.partition(self.prefix)
        scheme = _scheme(jwt) or (re.fullmatch(r"(?a)(\w+) +", before) or ("", ""))[1]
        stray = _stray_characters(before) if prefix else ""
        if prefix and not before:
            found = "prefix twice"
        elif scheme:
            found = f"it begins with '{scheme} '"
        else:
            found = f"it has stray characters before it: {stray}" if stray else "no prefix"
        message = f"The token must begin with '{self.prefix}' once."
        return TokenRejected("wrong-prefix", message, detail=f"{message[:-1]}: {found}.")

    def is_ours(self, token: str) -> bool:
        """Return True if this vendor's key signed a token, valid or not."""
        return self._signed_part(token.removeprefix(self.prefix)) is not None

    def _signed_part(self, jwt: str) -> bytes | None:
        """Return what is signed, header and claims; None unless this vendor's key signed it."""
        signed, _, signature = _octets(jwt).rpartition(b".")
        # The signature is compared as text: base64 spells the same bytes in several ways, and a
        # second spelling of a revoked token must not pass for another token.
        return signed if hmac.compare_digest(self._signature(signed), signature) else None

    def is_revoked(self, token: str) -> bool:
        """Return True if this token was revoked."""
        return self._registry.is_revoked(token_id(token))

    def _signature(self, signed: bytes) -> bytes:
        if self._sign is None:  # a state has a key of each vendor, and most sign nothing
            self._sign = _signer(self._key, ALGORITHM)
        return self._sign(signed)

    def _authentic(self, jwt: str) -> Claims:
        known = self._verified.get(jwt)
        if known is not None:
            return {**known}
        signed = self._signed_part(jwt)
        if signed is None:
            raise _flaw(jwt)
        claims = _decode(signed.split(b".")[1])
        # The caller may change what it gets, but not what is remembered.
        if len(jwt) <= _SHORT and not any(
            isinstance(each, list | dict) for each in claims.values()
        ):
            remember(self._verified, jwt, {**claims}, _REMEMBERED)
        return claims


def _check_moment(claims: Claims, now: int) -> None:
    begins = max(claims.get("nbf", now), claims.get("iat", now))
    if begins > now:
        raise TokenRejected("not-yet-valid", f"The token is valid in {begins - now} s.")
    if claims.get("exp", now + 1) <= now:
        raise TokenRejected("expired", f"The token expired {now - claims['exp']} s ago.")


def signed_token(header: Claims, claims: Claims, key: bytes, algorithm: str = ALGORITHM) -> str:
    """Return a JWT with any header, signed with any key."""
    signed = _encode(header) + b"." + _encode(claims)
    return (signed + b"." + _signer(key, algorithm)(signed)).decode()


# Not PyJWT's HMAC: it imports `cryptography` where that is installed, which costs a test process
# 50 ms and 9 MiB, and prepares its key at every call. A copy of the standard library's HMAC takes
# three times as long as copies of the two hashes that it is made of (RFC 2104).
def _signer(key: bytes, algorithm: str) -> Sign:
    """Return a function that signs with `key` (RFC 7518, 3.2); the algorithm is HS256 or HS512."""
    new_hash = _HASHES[algorithm]
    size = new_hash().block_size
    padded = (new_hash(key).digest() if len(key) > size else key).ljust(size, b"\0")
    inner = new_hash(bytes(octet ^ 0x36 for octet in padded))
    outer = new_hash(bytes(octet ^ 0x5C for octet in padded))

    def sign(signed: bytes) -> bytes:
        message, signature = inner.copy(), outer.copy()
        message.update(signed)
        signature.update(message.digest())
        return _base64url(signature.digest())

    return sign


def _scheme(text: str) -> str | None:
    """Return the word before a JWT, such as `Bearer`, or None."""
    match = re.match(r"(?a)(\w+) +eyJ", text)
    return match[1] if match else None


def _stray_characters(jwt: str) -> str:
    """Return the names of the characters that no JWT has, in their order; "" if there are none."""
    found = dict.fromkeys(re.findall(r"(?a)[^\w.-]", jwt))
    names = [_NAMES.get(character, ascii(character)) for character in found]
    return ", ".join(names[:_MOST_NAMED])


def _flaw(jwt: str) -> TokenRejected:
    """Return the reason for which a string is not signed with this vendor's key."""
    if scheme := _scheme(jwt):
        detail = f"'{scheme} ' precedes the token and is not part of it."
        return TokenRejected("wrong-prefix", "The token must begin with the JWT.", detail=detail)
    if stray := _stray_characters(jwt):
        detail = f"The token has stray characters: {stray}."
        return TokenRejected("malformed", "The token is malformed.", detail=detail)
    return _structural_flaw(jwt)


def _structural_flaw(jwt: str) -> TokenRejected:
    parts = _octets(jwt).split(b".")
    try:
        header, _ = _decode(parts[0]), _decode(parts[1])
    except (ValueError, IndexError, RecursionError):
        return TokenRejected("malformed", "The token is malformed.")
    if len(parts) != 3:
        return TokenRejected("malformed", "The token is malformed.")
    if not parts[2] or header.get("alg") == "none":
        return TokenRejected("no-signature", "The token is not signed.")
    if header.get("alg") != ALGORITHM:
        return TokenRejected("wrong-algorithm", f"The token is not signed with {ALGORITHM}.")
    message = "The token's signature is not valid."
    return TokenRejected("bad-signature", message, "Signature of another key, or a changed token.")


def _octets(token: str) -> bytes:
    return token.encode(errors="surrogatepass")


def _encode(value: Mapping[str, Any]) -> bytes:
    return _base64url(json_text(value).encode())


def _base64url(octets: bytes) -> bytes:
    """Return base64url without padding (RFC 7515, 2)."""
    return b2a_base64(octets, newline=False).translate(_TO_URL).rstrip(b"=")


def _decode(part: bytes) -> dict[str, Any]:
    value = json.loads(a2b_base64(part.translate(_FROM_URL) + b"=" * (-len(part) % 4)).decode())
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value
