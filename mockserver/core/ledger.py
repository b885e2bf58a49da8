"""What was issued: never the tokens themselves, only what can be said of them."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mockserver.core.clock import iso

LENGTH = 10_000
"""Entries that are kept; revoked tokens and codes that are still good stay beyond it."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One token or code. Times in Unix seconds; `expires` None for never. `once`: it is used up."""

    id: str
    vendor: str
    kind: str
    account: str
    issued: int
    expires: int | None
    once: bool = False
    used: bool = False
    revoked: bool = False

    def state(self, now: int) -> str:
        """`revoked`, `used`, `expired` or `active`, at a moment in Unix seconds."""
        if self.revoked:
            return "revoked"
        if self.used:
            return "used"
        return "expired" if self.expires is not None and self.expires <= now else "active"

    def shown(self, now: int) -> dict[str, object]:
        """What is said of it, its times as ISO 8601."""
        return {
            "id": self.id,
            "vendor": self.vendor,
            "kind": self.kind,
            "account": self.account,
            "issued": _iso(self.issued),
            "expires": None if self.expires is None else _iso(self.expires),
            "state": self.state(now),
        }


class Ledger:
    """Entries by id, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, Issued] = {}

    def note(self, issued: Issued) -> None:
        """Keep an entry; a token issued twice, in one second, stays one, and is good again."""
        with self._lock:
            self._entries[issued.id] = issued
            if len(self._entries) > LENGTH:
                self._make_room(issued.issued)

    def mark(self, token_id: str, *, used: bool = False, revoked: bool = False) -> None:
        """Note that a token was used up or revoked, if it is still in the list."""
        with self._lock:
            entry = self._entries.get(token_id)
            if entry is not None:
                changed = replace(entry, used=used or entry.used, revoked=revoked or entry.revoked)
                self._entries[token_id] = changed

    def get(self, token_id: str) -> Issued | None:
        """The entry with this id, or None."""
        return self._entries.get(token_id)

    def all(self) -> list[Issued]:
        """Every entry, newest first."""
        with self._lock:
            return list(reversed(self._entries.values()))

    def clear(self) -> None:
        """Forget every entry."""
        with self._lock:
            self._entries.clear()

    def _make_room(self, now: int) -> None:
        oldest = next(self._droppable(now), None)
        if oldest is not None:
            del self._entries[oldest]

    def _droppable(self, now: int) -> Iterator[str]:
        for entry in self._entries.values():
            if not entry.revoked and not (entry.once and entry.state(now) == "active"):
                yield entry.id


def _iso(seconds: int) -> str:
    return iso(datetime.fromtimestamp(seconds, UTC))
