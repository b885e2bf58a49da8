"""JSON Web Signatures by HMAC (RFC 7515, RFC 7518 section 3.2), with keys that are prepared once.

The standard library's HMAC and not PyJWT's: PyJWT imports `cryptography` where that is installed,
which costs a test process 50 ms and 9 MiB, and prepares its key at every call.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable

Sign = Callable[[bytes], bytes]
"""From bytes to their signature, as base64url."""

_HASHES = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}


def signer(key: bytes, algorithm: str) -> Sign:
    """Return a function that signs with `key`; the algorithm is HS256 or HS512."""
    keyed = hmac.new(key, digestmod=_HASHES[algorithm])

    def sign(signed: bytes) -> bytes:
        signature = keyed.copy()
        signature.update(signed)
        return urlsafe_b64encode(signature.digest()).rstrip(b"=")

    return sign
