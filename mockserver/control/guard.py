"""Who may control: programs on this machine, and no web page of another origin."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from mockserver.core.errors import Refusal
from mockserver.core.http import Request
from mockserver.engine.addressing import host_name

_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def check_origin(request: Request) -> None:
    """Refuse (403) a peer off this machine, a foreign Host (DNS rebinding), a foreign Origin."""
    if not _is_loopback(request.peer):
        raise Refusal("The control interface answers to this machine only.", status=403)
    if host_name(request) not in _LOCAL:
        raise Refusal(f"The Host must be one of {', '.join(_LOCAL)}.", status=403)
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != (request.headers.get("host") or "").lower():
        raise Refusal("The control interface is not for pages of another origin.", status=403)


def _is_loopback(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


def _host_of(origin: str) -> str | None:
    """Host and port of a page; None for a page that has none (its origin is "null")."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
