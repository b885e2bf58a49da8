"""One state: clock, stubs, journal, and for each vendor its settings, key, accounts, records."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from secrets import token_bytes
from typing import Any

from mockserver.core.accounts import Accounts
from mockserver.core.clock import Clock
from mockserver.core.defects import OUTCOMES, spoilt
from mockserver.core.ledger import Ledger
from mockserver.core.redaction import NAMES, Redactor
from mockserver.core.settings import read_settings
from mockserver.core.store import Shelf, Store
from mockserver.core.tokens import Tokens
from mockserver.core.vendor import Realm, Vendor
from mockserver.engine.journal import Journal
from mockserver.engine.stubs.book import StubBook
from mockserver.engine.stubs.delays import Delay

VendorSettings = Mapping[str, Mapping[str, Any]]


class State:
    """What all doors of one mock share. Two states share nothing.

    `new_store` makes an empty one, at the start and at each reset: a call that a reset overtakes
    ends with the state in which it began. `settings`: by vendor, a table of its settings.
    `seed`: of the dice; None for real chance. `secrets`: texts that are never
    shown. Raises ConfigurationError for a setting that is not known.
    """

    def __init__(
        self,
        vendors: Sequence[Vendor[Any]],
        new_store: Callable[[], Store],
        settings: VendorSettings,
        seed: int | None = None,
        secrets: Sequence[str] = (),
    ) -> None:
        self.clock = Clock()
        self.stubs = StubBook(seed)
        self.journal = Journal()
        self.ledger = Ledger()
        self.redactor = Redactor(token_bytes(32), self._secrets)
        self.delay: Delay | None = None
        self.delay_settings: Mapping[str, Any] = {}
        self._vendors = vendors
        self._configured = secrets
        self._new_store = new_store
        self._resetting = threading.Lock()
        self._settings = {
            vendor.name: read_settings(vendor.settings, settings.get(vendor.name, {}), vendor.name)
            for vendor in vendors
        }
        self._realms = self._begin()

    def realm(self, vendor: Vendor[Any]) -> Realm[Any]:
        """What this vendor has here."""
        return self._realms[vendor.name]

    def revoke(self, token_id: str) -> None:
        """Refuse the token with this id from now on, whichever vendor issued it."""
        self._revoked.put(token_id, {})
        self.ledger.mark(token_id, revoked=True)

    def reset(self) -> None:
        """Everything back to the start; the signing keys are new, so old tokens are refused."""
        with self._resetting:
            self.clock.reset()
            self.stubs.reset()
            self.journal.clear()
            self.ledger.clear()
            self.delay, self.delay_settings = None, {}
            self._realms = self._begin()

    def _begin(self) -> dict[str, Realm[Any]]:
        store = self._new_store()
        self._revoked = Shelf(store, "revoked")
        realms = {vendor.name: self._realm(vendor, store) for vendor in self._vendors}
        for vendor in self._vendors:
            vendor.begin(realms[vendor.name])
        return realms

    def _realm(self, vendor: Vendor[Any], store: Store) -> Realm[Any]:
        def shelf(name: str) -> Shelf:
            return Shelf(store, f"{vendor.name}/{name}")

        tokens = Tokens(
            token_bytes(32), vendor.token_header, vendor.token_prefix, self.clock, self._revoked
        )
        magic = vendor.magic_account
        return Realm(
            vendor=vendor.name,
            settings=self._settings[vendor.name],
            clock=self.clock,
            tokens=tokens,
            accounts=Accounts(
                shelf("accounts"),
                vendor.accounts,
                {outcome: magic(outcome) for outcome in OUTCOMES} if magic else {},
            ),
            ledger=self.ledger,
            shelf=shelf,
            secret=self.redactor.remember,
            spoilt=lambda claims, defect: spoilt(tokens, claims, defect, self.clock.unix()),
        )

    def _secrets(self) -> Iterator[str]:
        yield from self._configured
        for realm in self._realms.values():
            for account in realm.accounts.all():
                yield from _secret_values(account, secret=False)


def _secret_values(value: Any, *, secret: bool) -> Iterator[str]:
    """The texts in an account that are secret: under a secret's name, or in a table of logins."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            table = isinstance(item, Mapping)
            yield from _secret_values(item, secret=secret or table or name.lower() in NAMES)
    elif secret:
        yield str(value)
