"""Who may control: who has the admin token, or programs on this machine; no foreign web page."""

from hmac import compare_digest
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from mockserver.admin.address import PREFIX
from mockserver.emulator.addressing import host_name
from mockserver.model.authorization import bearer
from mockserver.model.errors import ConfigurationError, Refusal
from mockserver.model.http import Request, Response
from mockserver.model.problem import problem

LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""The names under which this machine's own programs call, where no token is asked for."""

_OPEN = (f"{PREFIX}/health", f"{PREFIX}/version")


class AdminAuth:
    """Lets callers through or refuses them.

    With an `admin_token`: who sends it as bearer, from wherever; anybody may ask for health and
    version. Without one (None): programs on this machine, by its own names. Raises
    ConfigurationError for a token that no header can carry.
    """

    def __init__(self, admin_token: str | None) -> None:
        check_token(admin_token)
        self._admin_token = None if admin_token is None else admin_token.encode()

    def check(self, request: Request) -> None:
        """Refuse (401, 403) who may not control. No page of another origin may, token or not."""
        if self._admin_token is None:
            _check_local(request)
        elif request.path not in _OPEN and not self._knows(bearer(request)):
            raise Refusal("Send the admin token as the bearer in Authorization.", status=401)
        _check_origin(request)

    def _knows(self, sent: str | None) -> bool:
        token = (sent or "").encode(errors="surrogatepass")
        return self._admin_token is not None and compare_digest(token, self._admin_token)


def check_token(admin_token: str | None) -> None:
    """Raise ConfigurationError, which does not show it, for a token that no header can carry."""
    if admin_token is not None and not _can_be_sent(admin_token):
        raise ConfigurationError("the admin token must be visible ASCII without spaces")


def refused(refusal: Refusal) -> Response:
    """The answer to who may not control, or asks for what cannot be."""
    response = problem(refusal.status, refusal.message)
    is_knock = refusal.status == 401
    return response.with_headers(("WWW-Authenticate", "Bearer")) if is_knock else response


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's, seen from itself."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None  # Python 3.13 looks itself
    return (mapped or ip).is_loopback


def _can_be_sent(token: str) -> bool:
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _check_local(request: Request) -> None:
    if not is_loopback(request.peer):
        raise Refusal("The control interface answers to this machine only.", status=403)
    if host_name(request) not in LOCAL:  # a foreign page may have a name that leads here
        raise Refusal(f"The Host must be one of {', '.join(LOCAL)}.", status=403)


def _check_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != (request.headers.get("host") or "").lower():
        raise Refusal("The control interface is not for pages of another origin.", status=403)


def _host_of(origin: str) -> str | None:
    """Host and port of a page; None for a page that has none (its origin is "null")."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
