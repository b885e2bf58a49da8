"""What a user's own `responses` mock says of a request."""

from re import Pattern
from urllib.parse import urlsplit

from requests import PreparedRequest
from responses import RequestsMock


def knows(mock: RequestsMock, request: PreparedRequest) -> bool:
    """Whether `mock` answers a request, or lets its host through to the network."""
    url = request.url or ""
    return any(response.matches(request)[0] for response in mock.registered()) or any(
        _names_host(prefix, url) for prefix in mock.passthru_prefixes
    )


def _names_host(prefix: str | Pattern[str], url: str) -> bool:
    """Whether a prefix that is let through is about this URL's host, and not about any host.

    Who lets everything through ("https://"; moto does) speaks of what they do not care for.
    """
    elsewhere = urlsplit(url)._replace(netloc="elsewhere.invalid").geturl()
    return _begins(url, prefix) and not _begins(elsewhere, prefix)


def _begins(url: str, prefix: str | Pattern[str]) -> bool:
    return bool(prefix.match(url)) if isinstance(prefix, Pattern) else url.startswith(prefix)
