"""Texts that are looked for in other texts, however many there are of them."""

import threading
from collections.abc import Callable, Iterator

SHORTEST = 6
"""Characters of a text that is looked for: "a" would be found everywhere."""

_MOST = 10_000


class Needles:
    """The last ten thousand texts that were added.

    They are found by their first characters: what a search costs does not depend on their number.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, None] = {}
        self._by_start: dict[str, tuple[str, ...]] = {}  # of one start the longest first

    def add(self, needle: str) -> None:
        """Look for `needle` from now on, unless it is too short."""
        if needle in self._known or len(needle) < SHORTEST:
            return
        with self._lock:
            self._known[needle] = None
            same = {*self._by_start.get(needle[:SHORTEST], ()), needle}
            self._by_start[needle[:SHORTEST]] = tuple(sorted(same, key=len, reverse=True))
            if len(self._known) > _MOST:
                self._drop(next(iter(self._known)))

    def replaced(self, text: str, replacement: Callable[[str], str]) -> str:
        """`text` with a replacement for each needle in it; of two at one place the longer."""
        parts, end = [], 0
        for start, needle in self._found(text):
            parts += [text[end:start], replacement(needle)]
            end = start + len(needle)
        return "".join([*parts, text[end:]]) if parts else text

    def _found(self, text: str) -> Iterator[tuple[int, str]]:
        starts, size, end = self._by_start, SHORTEST, 0
        near = [at for at in range(len(text)) if text[at : at + size] in starts]
        for at in near:
            for needle in starts.get(text[at : at + size], ()):
                if at >= end and text.startswith(needle, at):
                    yield at, needle
                    end = at + len(needle)

    def _drop(self, needle: str) -> None:
        del self._known[needle]
        start = needle[:SHORTEST]
        left = tuple(other for other in self._by_start[start] if other != needle)
        if left:
            self._by_start[start] = left
        else:
            del self._by_start[start]
