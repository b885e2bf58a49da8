"""The scheme of a request as a condition, and the port that it implies."""

import pytest

from mockserver.model.http import Headers, Request, RoutedRequest
from mockserver.wiremock.pattern_fields import parse_pattern


def request(scheme: str, host: str = "a.example") -> RoutedRequest:
    """Return a request that came by a scheme."""
    sent = Request("GET", "/", headers=Headers([("Host", host)]), scheme=scheme)
    return RoutedRequest(sent, None, None, "/")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_scheme_matches_itself_alone(scheme: str) -> None:
    pattern = parse_pattern({"scheme": scheme}, "")
    assert [each for each in ("http", "https") if pattern.matches(request(each))] == [scheme]


@pytest.mark.parametrize(
    ("scheme", "host", "port"),
    [("http", "a", 80), ("https", "a", 443), ("https", "a:8443", 8443), ("http", "a:443", 443)],
)
def test_the_port_follows_from_the_scheme(scheme: str, host: str, port: int) -> None:
    ports = (80, 443, 8443)
    found = [
        each for each in ports if parse_pattern({"port": each}, "").matches(request(scheme, host))
    ]
    assert found == [port]
