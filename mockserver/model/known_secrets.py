"""Secrets that are found by the name of their field, or in strings by their value."""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from mockserver.model.memo import remember

SHORTEST = 6
"""The length of the shortest secret that is searched for: "a" would be found everywhere."""

MOST = 20_000
"""The number of secrets that are searched for; the newest replace the oldest."""


USUAL_NAMES = (
    "authorization",
    "cookie",
    "api-key",
    "access-key",
    "private-key",
    "subscription-key",
    "functions-key",
    "signing-key",
    "encryption-key",
    "master-key",
    "auth-token",
    "access-token",
    "refresh-token",
    "id-token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "credential",
    "authentication",
    "session",
    "sessid",
    "csrf",
    "xsrf",
    "signature",
    "hmac",
    "assertion",
    "code-verifier",
    "jwt",
)
"""Names that are secret wherever they stand in a longer name, in any case and with any separators.

"secret" covers `client_secret` and `Secret-Key`; "authorization" covers `Proxy-Authorization`.
"""

LAST_WORDS = ("auth", "bearer", "otp", "pass", "pin", "pw", "sid", "sig")
"""Names that are secret as a whole, or as the last word of a name: `user_pass`, `connect.sid`."""

_TOKEN = "token"  # only as the end of a name: token_type and tokenId are not secret
_MOST = 10_000  # cached names; limited, because clients choose names


class SecretNames:
    """Decides by the name of a field whether its value is a secret.

    A name is secret if one of these is true:

    * It contains one of `USUAL_NAMES`, or a declared name of several words.
    * It ends in "token", or in a declared name of one word.
    * Its last word is one of `LAST_WORDS`.

    A name such as `user[password]` or `user.password` is secret if one of its parts is.

    Args:
        declared: The names that vendors declare, in any spelling.
    """

    def __init__(self, declared: Iterable[str] = ()) -> None:
        names = list(declared)
        several = [name for name in names if len(_words(name)) > 1]
        single = [name for name in names if len(_words(name)) == 1]
        self._anywhere = tuple(map(_squeezed, (*USUAL_NAMES, *several)))
        self._at_end = (_TOKEN, *map(_squeezed, single))
        self._answers: dict[str, bool] = {}

    def first_public(self, fields: Mapping[str, object]) -> str | None:
        """Return the first text whose field is not secret, or None."""
        for name, value in fields.items():
            if isinstance(value, str) and name not in self:
                return value
        return None

    def __contains__(self, name: str) -> bool:
        answer = self._answers.get(name)
        if answer is None:
            answer = any(map(self._is_secret, re.split(r"[.\[\]]", name)))
            remember(self._answers, name, answer, _MOST)
        return answer

    def _is_secret(self, part: str) -> bool:
        squeezed = _squeezed(part)
        if squeezed.endswith(self._at_end) or any(name in squeezed for name in self._anywhere):
            return True
        words = _words(part)
        return bool(words) and words[-1].lower() in LAST_WORDS


def _words(name: str) -> list[str]:
    """Split `Secret-Key`, `api_key` and `accessCode` into words."""
    return re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name))


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


class _Index(NamedTuple):
    """The index for a search, with which each position of a text needs only a few look-ups.

    Attributes:
        secrets: The secret for each of its spellings.
        lengths: The lengths of the spellings that begin with the same characters, by these.
    """

    secrets: dict[str, str]
    lengths: dict[str, list[int]]


class KnownSecrets:
    """Secrets that are searched for as they are, percent-encoded, and escaped as in JSON."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, object] = {}  # oldest first
        self._index = _Index({}, {})

    def add(self, secret: str) -> None:
        """Search for a secret from now on, unless it is too short; it counts as the newest."""
        if len(secret) < SHORTEST:
            return
        with self._lock:
            is_new = self._known.pop(secret, self) is self
            self._known[secret] = None
            if len(self._known) > MOST:
                self._drop_oldest()
            elif is_new:
                _add(self._index, secret)

    def replaced(self, text: str, replacement: Callable[[str], str]) -> str:
        """Return `text` with a replacement for each secret; of overlapping ones, for the first."""
        parts, end = [], 0
        for start, stop, secret in _found(text, self._index):
            parts += [text[end:start], replacement(secret)]
            end = stop
        return "".join([*parts, text[end:]]) if parts else text

    def _drop_oldest(self) -> None:
        # A tenth at once, so that the index is rarely built anew.
        self._known = dict.fromkeys(list(self._known)[MOST // 10 :])
        index = _Index({}, {})
        for secret in self._known:
            _add(index, secret)
        self._index = index


def _add(index: _Index, secret: str) -> None:
    for spelling in _spellings(secret):
        index.secrets[spelling] = secret
        lengths = index.lengths.get(spelling[:SHORTEST], [])
        if len(spelling) not in lengths:
            index.lengths[spelling[:SHORTEST]] = sorted([*lengths, len(spelling)], reverse=True)


def _spellings(secret: str) -> Iterable[str]:
    escaped = [json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)]
    octets = secret.encode(errors="surrogatepass")
    encoded = (quote(octets), quote(octets, safe=""), quote_plus(octets))
    return {secret, *escaped, escaped[0].replace("/", "\\/"), *encoded}


def _found(text: str, index: _Index) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and secret of each spelling; of those at one position the longest."""
    secrets, lengths = index
    end = 0
    for at in range(len(text) - SHORTEST + 1):
        for length in lengths.get(text[at : at + SHORTEST], ()) if at >= end else ():
            secret = secrets.get(text[at : at + length])
            if secret is not None:
                end = at + length
                yield at, end, secret
                break
