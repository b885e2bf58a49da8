"""The proxies that the user's network requires: their addresses, and the hosts that need none."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from urllib.parse import unquote

from mockserver.model.errors import ConfigurationError
from mockserver.model.http import without_userinfo

_LOOPBACK = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|::1")
PORTS = {"http": 80, "https": 443}
# A password may contain characters that should be encoded, so the last "@" counts.
_PROXY = re.compile(r"(?s)(?:(\w+)://)?(?:(.*)@)?(\[[^\]]+\]|[^\s/?#:@\[\]]+)(?::([0-9]{1,5}))?/?")


class ProxyDestination(NamedTuple):
    """The host that a request to a proxy names. `scheme` is "" for CONNECT."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Return the host and the port as a URL has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class UpstreamProxy:
    """A proxy that other hosts are reached through. Its text does not have the credentials."""

    scheme: str
    host: str
    port: int
    authorization: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}://{ProxyDestination('', self.host, self.port).authority}"

    @classmethod
    def at(cls, url: str) -> "UpstreamProxy":
        """Return the proxy at an address such as `http://user:password@host:3128`.

        Raises:
            ConfigurationError: It is not an address, or not one of http or https.
        """
        match = _PROXY.fullmatch(url.strip())
        scheme = (match[1] or "http").lower() if match else ""
        port = int(match[4]) if match and match[4] else PORTS.get(scheme, 0)
        if match is None or scheme not in PORTS or not 0 < port < 65536:
            shown = without_userinfo(url)
            text = f"the upstream proxy {shown!r} is not http://host:port or https://host:port"
            raise ConfigurationError(text)
        user, _, password = (match[2] or "").partition(":")
        pair = f"{unquote(user)}:{unquote(password)}"
        basic = f"Basic {b64encode(pair.encode()).decode()}" if match[2] else ""
        return cls(scheme, match[3].strip("[]").lower(), port, basic)


@dataclass(frozen=True)
class UpstreamProxies:
    """The proxies that other hosts are reached through.

    Attributes:
        by_scheme: The proxy for each of `http` and `https`; that of `https` has CONNECT, too.
        direct: The hosts that are reached directly, as in the variable NO_PROXY.
    """

    by_scheme: Mapping[str, UpstreamProxy] = field(default_factory=dict)
    direct: str = ""

    @classmethod
    def of(cls, proxies: Mapping[str, str]) -> "UpstreamProxies":
        """Return those of a mapping as `urllib.request.getproxies_environment` returns it.

        Raises:
            ConfigurationError: A proxy's address is none of http or https.
        """
        addresses = {scheme: proxies.get(scheme) or proxies.get("all") for scheme in PORTS}
        found = {scheme: UpstreamProxy.at(url) for scheme, url in addresses.items() if url}
        return cls(found, proxies.get("no", ""))

    def between(self, to: ProxyDestination) -> UpstreamProxy | None:
        """Return the proxy to use for a host; None to reach it directly."""
        proxy = self.by_scheme.get(to.scheme or "https")
        if proxy is None or is_loopback(to.host):
            return None
        return None if covering_entry(self.direct, to.host, to.port) else proxy


def is_loopback(host: str) -> bool:
    """Return True for a name or an address of this machine."""
    return _LOOPBACK.fullmatch(host) is not None


def covering_entry(no_proxy: str, host: str, port: int) -> str:
    """Return the first entry of a NO_PROXY that covers a host; "" if none does.

    An entry is a name, which covers all names that end with it, a name and a port, an address, a
    network, or "*".
    """
    for entry in no_proxy.replace(",", " ").split():
        name, _, only = entry.lower().rpartition(":") if entry.count(":") == 1 else (entry, "", "")
        suffix = name.lower().removeprefix("*").removeprefix(".").strip("[]")
        names = entry == "*" or f".{host}".endswith(f".{suffix}")
        if (names and only in ("", str(port))) or _contains(entry, host):
            return entry
    return ""


def _contains(network: str, host: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False
