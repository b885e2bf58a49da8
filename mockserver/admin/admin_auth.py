"""The address of the admin API, and the check of its callers.

A caller must send the admin token or, if none is set, be a program on this machine. A web page of
another origin is always refused.
"""

from hmac import compare_digest
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from mockserver.emulator.routing import host_name
from mockserver.model.errors import ConfigurationError, Refusal
from mockserver.model.http import Request, Response, problem
from mockserver.model.request_content import bearer

PREFIX = "/__admin"

LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""The host names in the Host header that are accepted if no admin token is set."""

_OPEN = (f"{PREFIX}/health", f"{PREFIX}/version")


def is_admin_path(path: str) -> bool:
    """Return True if a path belongs to the admin API."""
    return path == PREFIX or path.startswith(PREFIX + "/")


class AdminAuth:
    """Accepts or refuses the callers of the admin API.

    Args:
        admin_token: The bearer token that every caller must send, except for health and version.
            None: callers must be on this machine and use one of its `LOCAL` names.

    Raises:
        ConfigurationError: The token cannot be sent in a header.
    """

    def __init__(self, admin_token: str | None) -> None:
        check_token(admin_token)
        self._admin_token = None if admin_token is None else admin_token.encode()

    def check(self, request: Request) -> None:
        """Refuse (401, 403) a caller without permission."""
        if self._admin_token is None:
            _check_local(request)
        elif request.path not in _OPEN:
            self._check_token(bearer(request))
        _check_origin(request)

    def _check_token(self, sent: str | None) -> None:
        if sent is None:
            missing = "The admin token is missing: send it as the bearer in Authorization."
            raise Refusal(missing, status=401)
        token = sent.encode(errors="surrogatepass")
        if self._admin_token is None or not compare_digest(token, self._admin_token):
            raise Refusal("The admin token is wrong.", status=401)


def check_token(admin_token: str | None) -> None:
    """Raise ConfigurationError for a token that cannot be sent in a header; the text omits it."""
    if admin_token is not None and not _can_be_sent(admin_token):
        raise ConfigurationError("the admin token must be visible ASCII without spaces")


def refused(refusal: Refusal) -> Response:
    """Return the response to a caller that was refused."""
    response = problem(refusal.status, refusal.message)
    is_challenge = refusal.status == 401
    return response.with_headers(("WWW-Authenticate", "Bearer")) if is_challenge else response


def is_loopback(address: str) -> bool:
    """Return True if an address is a loopback address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    # Python before 3.13 does not look at the IPv4 address inside ::ffff:127.0.0.1.
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).is_loopback


def _can_be_sent(token: str) -> bool:
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _check_local(request: Request) -> None:
    if not is_loopback(request.peer):
        raise Refusal("The admin API accepts requests from this machine only.", status=403)
    # DNS rebinding: a foreign page may have a host name that resolves to this machine.
    if host_name(request) not in LOCAL:
        raise Refusal(f"The Host must be one of {', '.join(LOCAL)}.", status=403)


def _check_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != (request.headers.get("host") or "").lower():
        raise Refusal(
            "The admin API refuses requests from web pages of another origin.", status=403
        )


def _host_of(origin: str) -> str | None:
    """Return host and port of an origin; None if it has none (the origin "null")."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
