"""What differs from answer to answer though all else is equal."""

import re

RANDOM = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    rb'|(?<="token":")[\w-]{43}(?=")'
    rb'|(?<="accessToken":")[^"]+'
    rb'|(?<="token":"JWT )[^"]+'
)
"""Operation ids, upload tokens, and tokens with a salt or a jti."""
