"""The one place where secrets are taken out of what is shown.

What was redacted reads `[redacted:1a2b]`: a short tag from a keyed hash, equal for equal values,
so that a reader sees *that* two values differ without seeing the values.
"""

import hmac
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mockserver.core.http import Pairs

NAMES = frozenset(
    {
        *("api-key", "api_key", "secret-key", "appsecret", "usersecret", "password"),
        *("accesscode", "accesstoken", "access_token", "user-token", "token", "authorization"),
    }
)
"""Fields that hold a secret wherever they stand: header, query, form, JSON at any depth."""

_SHORTEST = 6  # characters of a secret that is looked for by value; "a" would be everywhere
_REMEMBERED = 10_000
_JWT = re.compile(r"eyJ[\w-]{4,}\.[\w-]+(\.[\w-]*)?", re.ASCII)
_NAME = "|".join(map(re.escape, sorted(NAMES)))
_NAMED = re.compile(rf"""((?:{_NAME})["']?\s*[:=]\s*["']?)([^"'\s,&;}}]+)""", re.IGNORECASE)


class Redactor:
    """Redacts by name, by shape (a JWT), and by value. `known`: the secrets of all accounts."""

    def __init__(self, key: bytes, known: Callable[[], Iterable[str]]) -> None:
        self._key = key
        self._known = known
        self._issued: deque[str] = deque(maxlen=_REMEMBERED)

    def remember(self, secret: str) -> str:
        """Redact `secret` by value from now on; returns it."""
        self._issued.append(secret)
        return secret

    def tag(self, value: str) -> str:
        """What is shown in place of `value`."""
        digest = hmac.digest(self._key, value.encode(errors="surrogatepass"), "sha256")
        return f"[redacted:{digest.hex()[:4]}]"

    def text(self, text: str) -> str:
        """A text without what is known, was issued, or looks like a JWT."""
        for secret in sorted({*self._known(), *self._issued}, key=len, reverse=True):
            if len(secret) >= _SHORTEST and secret in text:
                text = text.replace(secret, self.tag(secret))
        return _JWT.sub(lambda match: self.tag(match[0]), text)

    def field(self, name: str, value: str) -> str:
        """The value of a header, parameter or field; of `Authorization` the scheme stays."""
        if name.lower() not in NAMES:
            return self.body(value) if name == "body" else self.text(value)
        scheme, space, rest = value.partition(" ")
        if name.lower() == "authorization" and space:
            return f"{scheme} {self.tag(rest)}"
        return self.tag(value)

    def headers(self, pairs: Pairs) -> Pairs:
        """Header fields in their order."""
        return tuple((name, self.field(name, value)) for name, value in pairs)

    def query(self, query: str) -> str:
        """A query string or form, decoded."""
        pairs = parse_qsl(query, keep_blank_values=True)
        return "&".join(f"{name}={self.field(name, value)}" for name, value in pairs)

    def json(self, value: Any, name: str = "") -> Any:
        """A JSON value, at any depth; `name`: the field that it is the value of."""
        if isinstance(value, Mapping):
            return {
                key: self.json(item, name if name.lower() in NAMES else key)
                for key, item in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self.json(item, name) for item in value]
        if isinstance(value, str):
            return self.field(name, value)
        return value

    def body(self, text: str) -> str:
        """A body: JSON, a form, or any other text in which a secret may stand behind its name."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return self._loose(text)
        return json.dumps(self.json(value)) if isinstance(value, (dict, list)) else self.text(text)

    def _loose(self, text: str) -> str:
        named = _NAMED.sub(lambda match: match[1] + self.tag(match[2]), text)
        return self.text(named)
