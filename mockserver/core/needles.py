"""Texts that are looked for in other texts, however many there are of them."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator

SHORTEST = 6
"""Characters of a text that is looked for: "a" would be found everywhere."""

MOST = 10_000
"""Texts that are looked for; the oldest make room."""


class Needles:
    """Texts, found by their first characters: a search costs the same however many there are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, None] = {}
        self._lengths: dict[str, Counter[int]] = {}  # of the texts with one start

    def add(self, needle: str) -> None:
        """Look for `needle` from now on, unless it is too short."""
        if len(needle) < SHORTEST:
            return
        with self._lock:
            if needle not in self._known:
                self._known[needle] = None
                self._lengths.setdefault(needle[:SHORTEST], Counter())[len(needle)] += 1
            if len(self._known) > MOST:
                self._drop(next(iter(self._known)))

    def replaced(self, text: str, replacement: Callable[[str], str]) -> str:
        """`text` with a replacement for each needle in it; of two at one place the longer."""
        parts, end = [], 0
        for start, needle in self._found(text):
            parts += [text[end:start], replacement(needle)]
            end = start + len(needle)
        return "".join([*parts, text[end:]]) if parts else text

    def _found(self, text: str) -> Iterator[tuple[int, str]]:
        lengths, size, end = self._lengths, SHORTEST, 0
        near = [at for at in range(len(text)) if text[at : at + size] in lengths]
        for at in near:
            for length in sorted(lengths.get(text[at : at + size], ()), reverse=True):
                needle = text[at : at + length]
                if at >= end and needle in self._known:
                    yield at, needle
                    end = at + length

    def _drop(self, needle: str) -> None:
        del self._known[needle]
        start = needle[:SHORTEST]
        self._lengths[start] -= Counter([len(needle)])
        if not self._lengths[start]:
            del self._lengths[start]
