"""Settings and hosts as Python code gives them."""

from collections.abc import Mapping, Sequence

from mockserver.emulator.namespaces import Settings
from mockserver.model.errors import ConfigurationError


def with_hosts(settings: Settings, hosts: Mapping[str, Sequence[str]]) -> Settings:
    """Return settings with further hosts in their vendors' tables.

    Raises:
        ConfigurationError: For hosts that are a single string.
    """
    added = {}
    for name, own in hosts.items():
        if isinstance(own, str):
            raise ConfigurationError(f"hosts of {name} must be a list of host names")
        table = settings.get(name, {})
        added[name] = {**table, "hosts": [*table.get("hosts", []), *own]}
    return {**settings, **added}
