"""Fresh engines from what a user has set."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.emulator.addressing import AddressBook
from mockserver.emulator.current import Current
from mockserver.emulator.engine import Engine
from mockserver.emulator.state import Given
from mockserver.model.errors import ConfigurationError
from mockserver.model.settings import read_settings
from mockserver.model.state_store import StorageBackend
from mockserver.model.vendor import Vendor
from mockserver.storage.memory import MemoryBackend
from mockserver.vendors import discover

Settings = Mapping[str, Mapping[str, Any]]
"""By vendor: its own settings, and `hosts`, a list of hosts that are its too."""

_HOST = r"\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?"


def assembler(
    settings: Settings,
    seed: int | None = None,
    secrets: Sequence[str] = (),
    stores: StorageBackend | None = None,
) -> Callable[[str], Engine]:
    """What makes engines, each for the state of one name, that share vendors and addresses.

    `seed`: of the dice that delays and probabilities are rolled with. `secrets`: texts that must
    never be shown. `stores`: where states are kept; None for the memory. Raises
    ConfigurationError, which names it, for a setting that is not known or cannot be used.
    """
    vendors = discover()
    names = [vendor.name for vendor in vendors]
    for name, table in settings.items():
        if name not in names:
            raise ConfigurationError(f"{name} is no vendor; there are {', '.join(names)}")
        if not isinstance(table, Mapping):
            raise ConfigurationError(f"{name} must be a table of settings")
    own = {vendor.name: _own(vendor, settings.get(vendor.name, {})) for vendor in vendors}
    book = AddressBook(vendors, _further_hosts(vendors, settings))
    kept, given = stores or MemoryBackend(), Given(vendors, own, seed, secrets)
    return lambda name: Engine(vendors, book, Current(kept, name, given))


def assemble(settings: Settings, seed: int | None = None) -> Engine:
    """One engine; see `assembler`."""
    return assembler(settings, seed)("")


def _own(vendor: Vendor[Any], table: Mapping[str, Any]) -> Any:
    without_hosts = {name: value for name, value in table.items() if name != "hosts"}
    return read_settings(vendor.settings, without_hosts, vendor.name)


def _further_hosts(vendors: Sequence[Vendor[Any]], settings: Settings) -> dict[str, list[str]]:
    """The hosts that are set, by vendor; none may be another vendor's."""
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
            raise ConfigurationError(f"{name}.hosts: {host!r} is no host name")
    return hosts
