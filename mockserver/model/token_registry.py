"""Registry of the issued tokens and codes: their properties, never their text."""

import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

from mockserver.model.clock import Moment, iso
from mockserver.model.state_store import Codec, Collection

LENGTH = 10_000
"""Entries that are kept; revoked tokens and codes that have not expired stay beyond it."""


def token_id(token: str) -> str:
    """Return the first 16 hex digits of the SHA-256 of a token as the vendor sends it."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()[:16]


class IssuedToken(NamedTuple):
    """One token or code; `issued`, `expires` and `begins` are Unix seconds.

    Attributes:
        id: The first 16 hex digits of the SHA-256 of its text.
        vendor: The name of the vendor that issued it.
        kind: The word under which it is listed, such as "access token".
        account: The name of the account that it belongs to.
        issued: The time of issue.
        expires: The end of its life; None if it does not expire.
        once: True for a code that the first use uses up.
        used: True once it was used up.
        revoked: True once it was revoked.
        begins: The moment from which it is valid; None if it is valid from the start.
        fraction: The microseconds that are added to `issued`, `expires` and `begins`.
    """

    id: str
    vendor: str
    kind: str
    account: str
    issued: int
    expires: int | None
    once: bool = False
    used: bool = False
    revoked: bool = False
    begins: int | None = None
    fraction: int = 0

    def state(self, now: Moment) -> str:
        """Return `revoked`, `used`, `not-yet-valid`, `expired` or `active` at `now`.

        The order is that of the reasons for which the vendor refuses a token.
        """
        if self.revoked:
            return "revoked"
        if self.used:
            return "used"
        if self.begins is not None and self._exact(self.begins) > now.microseconds:
            return "not-yet-valid"
        if self.expires is not None and self._exact(self.expires) <= now.microseconds:
            return "expired"
        return "active"

    def _exact(self, seconds: int) -> int:
        return seconds * 1_000_000 + self.fraction

    def shown(self, now: Moment) -> dict[str, object]:
        """Return the entry for `/__admin/tokens`, its times as ISO 8601."""
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

    def __init__(self, collection: Collection[IssuedToken]) -> None:
        self._collection = collection

    def add(self, issued: IssuedToken) -> bool:
        """Add an entry, or replace the one of the same token.

        Returns:
            False if a token with this id was revoked: it stays revoked.
        """
        kept = self._collection.update(
            issued.id,
            lambda before: _unless_revoked(before, issued),
            is_new=True,
            most=LENGTH,
            now=issued.issued,
        )
        return kept is not None

    def use_up(self, token_id: str) -> bool:
        """Mark a code as used; return True for exactly one of several simultaneous callers."""
        return self._collection.update(token_id, _used) is not None

    def revoke(self, token_id: str) -> None:
        """Refuse the token with this id forever, also one that is not in the list."""
        self._collection.update(
            token_id, lambda entry: (entry or _unlisted(token_id))._replace(revoked=True)
        )

    def is_used(self, token_id: str) -> bool:
        """Return True if a code was used."""
        entry = self._collection.get(token_id)
        return entry is not None and entry.used

    def is_revoked(self, token_id: str) -> bool:
        """Return True if a token was revoked."""
        entry = self._collection.get(token_id)
        return entry is not None and entry.revoked

    def get(self, token_id: str) -> IssuedToken | None:
        """Return the entry with this id, or None."""
        entry = self._collection.get(token_id)
        return entry if entry is not None and entry.vendor else None

    def all(self) -> list[IssuedToken]:
        """Return every entry, newest first."""
        return [entry for _, entry in reversed(self._collection.items()) if entry.vendor]


def _unless_revoked(before: IssuedToken | None, issued: IssuedToken) -> IssuedToken | None:
    return None if before is not None and before.revoked else issued


def _used(entry: IssuedToken | None) -> IssuedToken | None:
    if entry is None or entry.used or entry.revoked:
        return None
    return entry._replace(used=True)


def _unlisted(token_id: str) -> IssuedToken:
    """Return the entry of a token of which only the id and its revocation are known."""
    return IssuedToken(token_id, "", "", "", 0, None)


def _iso(seconds: int) -> str:
    return iso(datetime.fromtimestamp(seconds, UTC))
