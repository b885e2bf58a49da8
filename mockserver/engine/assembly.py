"""A fresh engine from what a user has set."""

from collections.abc import Mapping
from typing import Any

from mockserver.core.errors import ConfigurationError
from mockserver.engine.addressing import AddressBook
from mockserver.engine.engine import Engine
from mockserver.engine.state import State
from mockserver.stores.memory import MemoryStore
from mockserver.vendors import discover

Settings = Mapping[str, Mapping[str, Any]]
"""By vendor: its own settings, and `hosts`, a list of hosts that are its too."""


def assemble(settings: Settings, seed: int | None = None) -> Engine:
    """All vendors with a state of their own. Raises ConfigurationError for unknown settings.

    `seed`: of the dice that delays and probabilities are rolled with.
    """
    vendors = discover()
    names = [vendor.name for vendor in vendors]
    for name, table in settings.items():
        if name not in names:
            raise ConfigurationError(f"{name} is no vendor; there are {', '.join(names)}")
        if not isinstance(table, Mapping):
            raise ConfigurationError(f"{name} must be a table of settings")
    own = {name: _without_hosts(table) for name, table in settings.items()}
    hosts = {name: _hosts(name, table) for name, table in settings.items()}
    return Engine(vendors, AddressBook(vendors, hosts), State(vendors, MemoryStore, own, seed))


def _without_hosts(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != "hosts"}


def _hosts(name: str, table: Mapping[str, Any]) -> list[str]:
    hosts = table.get("hosts", [])
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        raise ConfigurationError(f"{name}.hosts must be a list of host names")
    return hosts
