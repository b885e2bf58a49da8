"""The state of one namespace: clock, stubs, journal, and a part for each vendor."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from secrets import token_bytes
from typing import Any

from mockserver.emulator.gates import Gates
from mockserver.emulator.journal import Journal
from mockserver.emulator.journal_entry import ENTRY
from mockserver.model.accounts import Account, Accounts
from mockserver.model.clock import SHIFT, Clock
from mockserver.model.defects import OUTCOMES
from mockserver.model.known_secrets import MOST, SecretNames
from mockserver.model.redaction import Redactor
from mockserver.model.state_store import RECORDS, Codec, Collection, Record, StateStore
from mockserver.model.token_registry import ISSUED, TokenRegistry, token_id
from mockserver.model.tokens import Tokens
from mockserver.model.vendor import Vendor
from mockserver.model.vendor_state import VendorState
from mockserver.wiremock.delays import GlobalDelay
from mockserver.wiremock.stub_mapping import STUB
from mockserver.wiremock.stub_registry import SCENARIO_STATE, StubRegistry

_KEY: Codec[bytes] = Codec(encode=bytes.hex, decode=bytes.fromhex)
_SECRET: Codec[str] = Codec(until=lambda _: 0)
# Beside the vendors' keys; no vendor has such a name.
_REDACTION, _PAGES = " redaction", " pages"


class StateOptions:
    """The options of every state: the user's settings, and what all states have in common.

    Args:
        vendors: all vendors.
        settings: by vendor, an instance of its settings class.
        seed: of the random numbers for delays and probabilities; None for unpredictable ones.
        secrets: strings that are never shown.
        judged: verdicts may be requested; False records nothing for them.
    """

    def __init__(
        self,
        vendors: Sequence[Vendor[Any]],
        settings: Mapping[str, Any],
        seed: int | None = None,
        secrets: Sequence[str] = (),
        *,
        judged: bool = True,
    ) -> None:
        self.judged = judged
        self.vendors = tuple(vendors)
        self.settings = settings
        self.seed = seed
        self.secrets = secrets
        self.secret_names = SecretNames(name for vendor in vendors for name in vendor.secret_fields)
        self.magic = {vendor.name: _magic_accounts(vendor) for vendor in vendors}


class State:
    """The state that all adapters of one mock share, from its beginning to its reset.

    An empty store is filled with signing keys, built-in accounts, and what the vendors begin
    with. `shared` is True if other processes use the store too.
    """

    def __init__(self, store: StateStore, options: StateOptions, *, shared: bool) -> None:
        self.store = store
        self.vendors = options.vendors
        self.judged = options.judged
        self.clock = Clock(store.collection("clock", SHIFT, cached=True))
        stubs = store.collection("stubs", STUB, cached=True)
        scenarios = store.collection("scenarios", SCENARIO_STATE)
        self.stubs = StubRegistry(stubs, scenarios, options.seed)
        self.delay = GlobalDelay(store.collection("delay", RECORDS, cached=True))
        self.journal = Journal(store.collection("journal", ENTRY), shared=shared)
        self.gates = Gates(store.collection("gates", RECORDS))
        self.registry = TokenRegistry(store.collection("issued", ISSUED))
        self._keys = store.collection("keys", _KEY, cached=True)
        self._issued = store.collection("secrets", _SECRET)
        self._seen: object = None
        prefixes = [vendor.token_prefix.strip() for vendor in options.vendors]
        self.redactor = Redactor(
            self._key(_REDACTION), self._secrets, options.secret_names, filter(None, prefixes)
        )
        self._configured = options.secrets
        self.vendor_states = {
            vendor.name: self._begin(vendor, options) for vendor in options.vendors
        }

    def vendor_state(self, vendor: Vendor[Any]) -> VendorState[Any]:
        """Return the part of the state that belongs to a vendor."""
        return self.vendor_states[vendor.name]

    @property
    def page_token(self) -> str:
        """A secret that pages of this state send with their forms; a reset changes it."""
        return self._key(_PAGES).hex()

    def remember(self, *secrets: str) -> None:
        """Store strings that must be redacted, in this and every other process."""
        for secret in secrets:
            self._issued.put(token_id(secret), secret, most=MOST // 2)

    def secrets(self) -> list[str]:
        """Return the secrets of all accounts, and those that were issued."""
        issued = [secret for _, secret in self._issued.items()]
        return [*self._of_accounts(), *issued]

    def _remembered(self, secret: str) -> str:
        self.remember(secret)
        return secret

    def _begin(self, vendor: Vendor[Any], options: StateOptions) -> VendorState[Any]:
        """Return the vendor's part; fill it if the store is new."""
        is_new = self._keys.get(vendor.name) is None
        key = self._key(vendor.name)
        accounts = self.store.collection(f"{vendor.name}/accounts", RECORDS, cached=True)
        vendor_state = VendorState(
            vendor=vendor,
            settings=options.settings[vendor.name],
            tokens=Tokens(key, vendor.token_header, vendor.token_prefix, self.registry),
            accounts=Accounts(accounts, options.magic[vendor.name], options.secret_names),
            registry=self.registry,
            collection=self._collections(vendor.name),
            secret=self._remembered,
        )
        if is_new:
            for account in vendor.accounts:
                vendor_state.accounts.add(account)
            vendor.begin(vendor_state, self.clock.moment())
        return vendor_state

    def _collections(self, vendor: str) -> Callable[[str], Collection[Record]]:
        return lambda name: self.store.collection(f"{vendor}/{name}", RECORDS)

    def _key(self, name: str) -> bytes:
        """Return the key of this name; make one at random if there is none."""
        return (
            self._keys.get(name)
            or self._keys.update(name, lambda key: key or token_bytes(32))
            or b""
        )

    def _secrets(self) -> Iterator[str]:
        """Yield the secrets to redact; nothing if they have not changed since the last call."""
        states = self.vendor_states.values()
        versions = [self._issued.version, *(each.accounts.version for each in states)]
        if versions != self._seen:
            yield from self._configured
            yield from (secret for _, secret in self._issued.items())
            yield from self._of_accounts()  # last: the oldest make room
            self._seen = versions

    def _of_accounts(self) -> Iterator[str]:
        for vendor_state in self.vendor_states.values():
            for account in vendor_state.accounts.all():
                yield from vendor_state.accounts.secrets_of(account)


def _magic_accounts(vendor: Vendor[Any]) -> Mapping[str, Account]:
    magic = vendor.magic_account
    return {outcome: magic(outcome) for outcome in OUTCOMES} if magic else {}
