"""What HTTP adds to a request and to an answer on their way, for doors that have no wire."""

from urllib.parse import unquote, urlsplit

from mockserver.model.http import Pairs, Response

_ABOUT_LENGTH = frozenset({"content-length", "transfer-encoding"})


def host_of(url: str) -> str:
    """The host that a URL names, as the Host header field would: "[::1]" for an IPv6 address."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return f"[{host}]" if ":" in host else host


def path_and_query(target: str) -> tuple[str, str]:
    """What a request line asks for: the path, percent-decoded, and the query as sent."""
    path, _, query = target.partition("?")
    return "/" + unquote(path).lstrip("/"), query


def sent_headers(response: Response) -> Pairs:
    """The header fields of an answer, with the true length of a body that it may have."""
    own = tuple(pair for pair in response.headers if pair[0].lower() not in _ABOUT_LENGTH)
    if _is_without_body(response.status):
        return own
    return (*own, ("Content-Length", str(len(response.body))))


def sent_body(response: Response, method: str) -> bytes:
    """The bytes that follow the header fields: none to HEAD, none with 204 and 304."""
    return b"" if method == "HEAD" or _is_without_body(response.status) else response.body


def _is_without_body(status: int) -> bool:
    return status < 200 or status in (204, 304)
