"""What was issued: never the tokens themselves, only what can be said of them."""

from datetime import UTC, datetime
from typing import NamedTuple

from mockserver.model.clock import iso
from mockserver.model.state_store import Codec, Collection

LENGTH = 10_000
"""Entries that are kept; revoked tokens and codes that have not expired stay beyond it."""


class IssuedToken(NamedTuple):
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


def _until(issued: IssuedToken) -> float | None:
    if issued.revoked:
        return None
    return issued.expires if issued.once else 0


ISSUED = Codec(encode=list, decode=lambda fields: IssuedToken(*fields), until=_until)


class TokenRegistry:
    """Entries by id, oldest first."""

    def __init__(self, shelf: Collection[IssuedToken]) -> None:
        self._shelf = shelf

    def note(self, issued: IssuedToken) -> None:
        """Keep an entry; a token issued twice, in one second, stays one, and is good again."""
        self._shelf.put(issued.id, issued)
        self._shelf.trim(LENGTH, issued.issued)

    def use_up(self, token_id: str) -> bool:
        """Whether this call, and no other, used up what is good once; False if it is no good."""
        return self._shelf.update(token_id, _used) is not None

    def revoke(self, token_id: str) -> None:
        """Remember for ever that the token with this id, also one that is not listed, is dead."""
        self._shelf.update(
            token_id, lambda entry: (entry or _unlisted(token_id))._replace(revoked=True)
        )

    def is_used(self, token_id: str) -> bool:
        """Whether what is good once was used."""
        entry = self._shelf.get(token_id)
        return entry is not None and entry.used

    def is_revoked(self, token_id: str) -> bool:
        """Whether a token was revoked."""
        entry = self._shelf.get(token_id)
        return entry is not None and entry.revoked

    def get(self, token_id: str) -> IssuedToken | None:
        """The entry with this id, or None."""
        entry = self._shelf.get(token_id)
        return entry if entry is not None and entry.vendor else None

    def all(self) -> list[IssuedToken]:
        """Every entry, newest first."""
        return [entry for _, entry in reversed(self._shelf.items()) if entry.vendor]


def _used(entry: IssuedToken | None) -> IssuedToken | None:
    if entry is None or entry.used or entry.revoked:
        return None
    return entry._replace(used=True)


def _unlisted(token_id: str) -> IssuedToken:
    """Of a token that left the list nothing is known but that it is dead."""
    return IssuedToken(token_id, "", "", "", 0, None)


def _iso(seconds: int) -> str:
    return iso(datetime.fromtimestamp(seconds, UTC))
