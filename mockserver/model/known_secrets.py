"""Secrets that are found in texts by their value, however many there are."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters of the shortest secret that is searched for: "a" would be found everywhere."""

MOST = 20_000
"""Secrets that are searched for; the oldest make room for newer ones."""


class _Index(NamedTuple):
    """The index of a search: the secret behind each spelling, and by the first characters of the
    spellings how long these are, so that one position of a text costs a few look-ups.
    """

    secrets: dict[str, str]
    lengths: dict[str, list[int]]


class KnownSecrets:
    """Secrets that are searched for as they are, percent-encoded, and escaped as in JSON."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, object] = {}  # the oldest first
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
