"""Create engines from the user's settings, one for each namespace."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mockserver.emulator.engine import Engine
from mockserver.emulator.routing import VendorRouter
from mockserver.emulator.state import StateOptions
from mockserver.model import state_store
from mockserver.model.clock import machine_seconds
from mockserver.model.errors import ConfigurationError, MockServerError, StoreError
from mockserver.model.settings import read_settings
from mockserver.model.state_store import StorageBackend
from mockserver.model.vendor import Cors, Vendor
from mockserver.storage.memory import MemoryBackend
from mockserver.vendors import discover

Settings = Mapping[str, Mapping[str, Any]]
"""By vendor: its own settings, `hosts`, a list of further hosts, and `cors`, true or false."""

_COMMON = ("hosts", "cors")

_HOST = r"\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?"
_CACHED = 1000  # engines of a shared store, whose state does not live in this process
# "." and ".." are refused because clients remove /../ from a URL before they send it.
_NAME = r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,100}"


def engine_factory(
    settings: Settings,
    seed: int | None = None,
    secrets: Sequence[str] = (),
    backend: StorageBackend | None = None,
    *,
    judged: bool = True,
) -> Callable[[str], Engine]:
    """Return a function from the name of a namespace to a new engine.

    Args:
        settings: the vendors' settings.
        seed: of the random numbers for delays and probabilities.
        secrets: strings that must never be shown.
        backend: where states are kept; None for the memory of this process.
        judged: verdicts may be requested.

    Raises:
        ConfigurationError: a setting is unknown or has a wrong value; the text names it.
    """
    vendors = discover()
    names = [vendor.name for vendor in vendors]
    for name, table in settings.items():
        if name not in names:
            raise ConfigurationError(f"{name} is not a vendor; known: {', '.join(names)}")
        if not isinstance(table, Mapping):
            raise ConfigurationError(f"{name} must be a table of settings")
    own = {vendor.name: _own(vendor, settings.get(vendor.name, {})) for vendor in vendors}
    used_vendors = [_with_cors(vendor, settings.get(vendor.name, {})) for vendor in vendors]
    options = StateOptions(used_vendors, own, seed, secrets, judged=judged)
    router = VendorRouter(used_vendors, _further_hosts(vendors, settings))
    used = backend or MemoryBackend()
    return lambda name: Engine(options, router, used, name)


class _Making:
    """An engine whose state is made; simultaneous callers wait, so that one state is made."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.finished = threading.Event()


class Namespaces:
    """Engines by name, each created on first use by `create`; the default one has the name ""."""

    def __init__(self, create: Callable[[str], Engine]) -> None:
        self._create = create
        self._lock = threading.Lock()
        self.default = create("")
        self._engines = OrderedDict({"": self.default})  # by last use
        self._making: dict[str, _Making] = {}

    def get(self, name: str, *, may_create: bool = True) -> Engine:
        """Return the engine of a namespace.

        Raises:
            MockServerError: the name is not valid, or the namespace would have to be created.
        """
        if not name:
            return self.default
        engine = self._engines.get(name)
        if not may_create and (engine is None or not engine.shared) and not self._exists(name):
            raise MockServerError(
                f"a web page of another site cannot create the namespace {name}; create it first,"
                f" with any request of a program"
            )
        if engine is None:
            return self._made(name)
        with suppress(KeyError):  # another thread has dropped it
            self._engines.move_to_end(name)
        if not engine.shared:
            engine.refresh()  # notes the use; with a shared store each request does this
        return engine

    def uses(self) -> dict[str, float]:
        """Return the time of the last use of each namespace, in Unix seconds, oldest first."""
        return self.default.backend.last_uses()

    def sizes(self, name: str) -> Mapping[str, int]:
        """Return how many values each collection of a namespace has."""
        return self.default.backend.sizes(name)

    def drop_idle(self, seconds: float) -> int:
        """Drop all namespaces that were not used for `seconds`, and return how many."""
        latest = machine_seconds() - seconds
        idle = [name for name, used in self.uses().items() if used <= latest]
        for name in idle:
            self.drop(name)
        return len(idle)

    def all(self) -> list[Engine]:
        """Return the engines that are in use."""
        return list(self._engines.values())

    def names(self) -> list[str]:
        """Return the names of the namespaces that this process has used, except the default one."""
        return sorted(filter(None, self._engines))

    def drop(self, name: str) -> None:
        """Forget a namespace with everything in it; the next use begins a new one."""
        with self._lock:
            engine = self._engines.pop(name, None) or self._create(name)
            engine.drop()

    def _made(self, name: str) -> Engine:
        if not re.fullmatch(_NAME, name):
            raise MockServerError("a namespace is 1 to 100 letters, digits and . _ ~ -")
        with self._lock:
            making = self._making.get(name)
            is_first = making is None
            if making is None:  # another thread may have finished it just now
                engine = self._engines.get(name) or self._create(name)
                making = self._making[name] = _Making(engine)
        if not is_first:
            making.finished.wait()
            return making.engine
        try:
            making.engine.refresh()
            self._keep(name, making.engine)
        except StoreError:
            pass  # it is not kept; its responses say that the store failed
        finally:
            del self._making[name]
            making.finished.set()
        return making.engine

    def _keep(self, name: str, engine: Engine) -> None:
        with self._lock:
            self._engines[name] = engine
            most = _CACHED if engine.shared else state_store.MAX_NAMESPACES
            while len(self._engines) > most + 1:  # the default is not counted
                del self._engines[next(filter(None, self._engines))]

    def _exists(self, name: str) -> bool:
        try:
            return self.default.backend.exists(name)
        except StoreError:
            return True  # the response says that the store failed


def _own(vendor: Vendor[Any], table: Mapping[str, Any]) -> Any:
    without_common = {name: value for name, value in table.items() if name not in _COMMON}
    return read_settings(vendor.settings, without_common, vendor.name, _COMMON)


def _with_cors(vendor: Vendor[Any], table: Mapping[str, Any]) -> Vendor[Any]:
    """Return the vendor with CORS, without CORS, or as declared, by the setting `cors`."""
    wanted = table.get("cors")
    if wanted is None:
        return vendor
    if not isinstance(wanted, bool):
        raise ConfigurationError(f"{vendor.name}.cors must be true or false")
    return vendor._replace(cors=(vendor.cors or Cors()) if wanted else None)


def _further_hosts(vendors: Sequence[Vendor[Any]], settings: Settings) -> dict[str, list[str]]:
    """Return the hosts that are set, by vendor; refuse one that belongs to another vendor."""
    owners = {host.lower(): vendor.name for vendor in vendors for host in vendor.hosts}
    hosts = {name: _hosts(name, table.get("hosts", [])) for name, table in settings.items()}
    for name, own in hosts.items():
        for host in map(str.lower, own):
            if owners.setdefault(host, name) != name:
                raise ConfigurationError(f"{name}.hosts: {host} is {owners[host]}'s")
    return hosts


def _hosts(name: str, hosts: Any) -> list[str]:
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        raise ConfigurationError(f"{name}.hosts must be a list of host names")
    for host in hosts:
        if not re.fullmatch(_HOST, host):
            raise ConfigurationError(f"{name}.hosts: {host!r} is not a host name")
    return hosts


def with_hosts(settings: Settings, hosts: Mapping[str, Sequence[str]]) -> Settings:
    """Return settings with further hosts in their vendors' tables.

    Raises:
        ConfigurationError: For hosts that are a single string, and for what is not a mapping.
    """
    for name, value in (("settings", settings), ("hosts", hosts)):
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"{name} must be a dict, whose keys are vendors")
    added = {}
    for name, own in hosts.items():
        if isinstance(own, str):
            raise ConfigurationError(f"hosts of {name} must be a list of host names")
        table = settings.get(name, {})
        added[name] = {**table, "hosts": [*table.get("hosts", []), *own]}
    return {**settings, **added}
