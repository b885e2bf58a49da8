"""JSON Web Signatures: PyJWT's own algorithms, with keys that are prepared once.

PyJWT takes its time to be imported, and so this module is imported with the first token.
"""

from collections.abc import Callable

from jwt.algorithms import HMACAlgorithm
from jwt.utils import base64url_encode

Sign = Callable[[bytes], bytes]
"""From bytes to their signature, as base64url."""

_HASHES = {"HS256": HMACAlgorithm.SHA256, "HS512": HMACAlgorithm.SHA512}


def signer(key: bytes, algorithm: str) -> Sign:
    """What signs with `key`; the algorithm is HS256 or HS512."""
    hmac = HMACAlgorithm(_HASHES[algorithm])
    prepared = hmac.prepare_key(key)
    return lambda signed: base64url_encode(hmac.sign(signed, prepared))
