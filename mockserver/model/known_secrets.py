"""Texts that are looked for in other texts, however many there are of them."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

SHORTEST = 6
"""Characters of a text that is looked for: "a" would be found everywhere."""

MOST = 10_000
"""Texts that are looked for; the oldest make room."""


class KnownSecrets:
    """Texts, found by their first characters: a search costs the same however many there are.

    `readings`: what else a text that is looked for may look like.
    """

    def __init__(self, readings: Callable[[str], Iterable[str]] = lambda _: ()) -> None:
        self._readings = readings
        self._lock = threading.Lock()
        self._known: dict[str, set[str]] = {}  # with all that stands for each
        self._meant: dict[str, str] = {}  # the needle that a reading stands for
        self._lengths: dict[str, Counter[int]] = {}  # of the readings with one start

    def add(self, needle: str) -> None:
        """Look for `needle` from now on, unless it is too short."""
        if len(needle) < SHORTEST or needle in self._known:
            return
        with self._lock:
            self._known[needle] = {needle, *self._readings(needle)}
            for reading in self._known[needle]:
                if reading not in self._meant:
                    self._lengths.setdefault(reading[:SHORTEST], Counter())[len(reading)] += 1
                self._meant[reading] = needle  # the newest, which is the last to make room
            if len(self._known) > MOST:
                self._drop(next(iter(self._known)))

    def replaced(self, text: str, replacement: Callable[[str], str]) -> str:
        """`text` with a replacement for each needle in it; of two at one place the longer."""
        parts, end = [], 0
        for start, reading, needle in self._found(text):
            parts += [text[end:start], replacement(needle)]
            end = start + len(reading)
        return "".join([*parts, text[end:]]) if parts else text

    def _found(self, text: str) -> Iterator[tuple[int, str, str]]:
        lengths, size, end = self._lengths, SHORTEST, 0
        near = [at for at in range(len(text)) if text[at : at + size] in lengths]
        for at in near:
            for length in sorted(lengths.get(text[at : at + size], ()), reverse=True):
                reading = text[at : at + length]
                needle = self._meant.get(reading)
                if at >= end and needle is not None:
                    yield at, reading, needle
                    end = at + length

    def _drop(self, needle: str) -> None:
        for reading in self._known.pop(needle):
            if self._meant[reading] == needle:
                self._forget(reading)

    def _forget(self, reading: str) -> None:
        del self._meant[reading]
        start = reading[:SHORTEST]
        self._lengths[start] -= Counter([len(reading)])
        if not self._lengths[start]:
            del self._lengths[start]
