"""One state: clock, stubs, journal, and for each vendor its settings, key, accounts, records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from secrets import token_bytes
from typing import Any

from mockserver.emulator.entries import ENTRY
from mockserver.emulator.journal import Journal
from mockserver.model.accounts import Account, Accounts, secrets_of
from mockserver.model.clock import SHIFT, Clock
from mockserver.model.defects import OUTCOMES, make_defective
from mockserver.model.known_secrets import MOST
from mockserver.model.redaction import Redactor
from mockserver.model.state_store import RECORDS, Codec, Collection, Record, StateStore
from mockserver.model.token_id import token_id
from mockserver.model.token_registry import ISSUED, TokenRegistry
from mockserver.model.tokens import Tokens
from mockserver.model.vendor import Vendor, VendorState
from mockserver.wiremock.delays import GlobalDelay
from mockserver.wiremock.scenarios import SCENARIO_STATE
from mockserver.wiremock.stub_mapping import STUB
from mockserver.wiremock.stub_registry import StubRegistry

_KEY: Codec[bytes] = Codec(encode=bytes.hex, decode=bytes.fromhex)
_SECRET: Codec[str] = Codec(until=lambda _: 0)
_REDACTION = " redaction"  # beside the vendors' keys; no vendor has this name


class Given:
    """What a user gives to every state, and what is the same in all of them.

    `settings`: by vendor. `seed`: of the dice; None for real chance. `secrets`: texts that are
    never shown. `magic`: by vendor, its magic accounts by outcome.
    """

    def __init__(
        self,
        vendors: Sequence[Vendor[Any]],
        settings: Mapping[str, Any],
        seed: int | None = None,
        secrets: Sequence[str] = (),
    ) -> None:
        self.vendors = vendors
        self.settings = settings
        self.seed = seed
        self.secrets = secrets
        self.magic = {vendor.name: _magic_accounts(vendor) for vendor in vendors}


class State:
    """What all doors of one mock share, from its beginning to its reset, as `store` has it.

    What an empty store lacks is put there: keys, built-in accounts, what vendors begin with.
    `shared`: whether others work on the store too.
    """

    def __init__(self, store: StateStore, given: Given, *, shared: bool) -> None:
        self.store = store
        self.clock = Clock(store.shelf("clock", SHIFT, held=True))
        stubs = store.shelf("stubs", STUB, held=True)
        scenarios = store.shelf("scenarios", SCENARIO_STATE)
        self.stubs = StubRegistry(stubs, scenarios, given.seed)
        self.delay = GlobalDelay(store.shelf("delay", RECORDS, held=True))
        self.journal = Journal(store.shelf("journal", ENTRY), shared=shared)
        self.registry = TokenRegistry(store.shelf("issued", ISSUED))
        self._keys = store.shelf("keys", _KEY, held=True)
        self._issued = store.shelf("secrets", _SECRET)
        self._seen: object = None
        self.redactor = Redactor(self._key(_REDACTION), self._secrets)
        self._configured = given.secrets
        self._vendor_states = {
            vendor.name: self._vendor_state(vendor, given) for vendor in given.vendors
        }

    def vendor_state(self, vendor: Vendor[Any]) -> VendorState[Any]:
        """What this vendor has here."""
        return self._vendor_states[vendor.name]

    def remember(self, *secrets: str) -> None:
        """Never show `secrets`, wherever they stand and whoever is asked."""
        for secret in secrets:
            self._issued.put(token_id(secret), secret)
        self._issued.trim(MOST)

    def secrets(self) -> list[str]:
        """What must not be shown: of all accounts, and what was issued."""
        issued = [secret for _, secret in self._issued.items()]
        return [*self._of_accounts(), *issued]

    def _remembered(self, secret: str) -> str:
        self.remember(secret)
        return secret

    def _vendor_state(self, vendor: Vendor[Any], given: Given) -> VendorState[Any]:
        is_new = self._keys.get(vendor.name) is None
        key = self._key(vendor.name)
        accounts = self.store.shelf(f"{vendor.name}/accounts", RECORDS, held=True)
        tokens = Tokens(key, vendor.token_header, vendor.token_prefix, self.clock, self.registry)
        vendor_state = VendorState(
            vendor=vendor.name,
            settings=given.settings[vendor.name],
            clock=self.clock,
            tokens=tokens,
            accounts=Accounts(accounts, given.magic[vendor.name]),
            registry=self.registry,
            shelf=self._shelves(vendor.name),
            secret=self._remembered,
            make_defective=lambda claims, defect: make_defective(
                tokens, claims, defect, self.clock.unix()
            ),
        )
        if is_new:
            for account in vendor.accounts:
                vendor_state.accounts.add(account)
            vendor.begin(vendor_state)
        return vendor_state

    def _shelves(self, vendor: str) -> Callable[[str], Collection[Record]]:
        return lambda name: self.store.shelf(f"{vendor}/{name}", RECORDS)

    def _key(self, name: str) -> bytes:
        """The key of this name, made at random where there is none."""
        return (
            self._keys.get(name)
            or self._keys.update(name, lambda key: key or token_bytes(32))
            or b""
        )

    def _secrets(self) -> Iterator[str]:
        """What must not be shown: of what was issued that alone which came since the last call."""
        yield from self._configured
        yield from self._of_accounts()
        version = self._issued.version
        if version != self._seen:
            self._seen = version
            yield from (secret for _, secret in self._issued.items())

    def _of_accounts(self) -> Iterator[str]:
        for vendor_state in self._vendor_states.values():
            for account in vendor_state.accounts.all():
                yield from secrets_of(account)


def _magic_accounts(vendor: Vendor[Any]) -> Mapping[str, Account]:
    magic = vendor.magic_account
    return {outcome: magic(outcome) for outcome in OUTCOMES} if magic else {}
