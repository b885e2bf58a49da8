"""Checks that the stubs of a client have the effect that code under test sees."""

import pytest
import requests
from requests.exceptions import ChunkedEncodingError, ConnectionError

FAULTS: dict[str, tuple[type[Exception], str]] = {
    "EMPTY_RESPONSE": (ConnectionError, "Remote end closed connection"),
    "CONNECTION_RESET_BY_PEER": (ConnectionError, "Connection reset by peer"),
    "MALFORMED_RESPONSE_CHUNK": (ChunkedEncodingError, "InvalidChunkLength"),
    "RANDOM_DATA_THEN_CLOSE": (ConnectionError, "BadStatusLine"),
}


def see_faults(base: str) -> None:
    """Check that each fault happens at the path of its name."""
    for name, (error, text) in FAULTS.items():
        with pytest.raises(error, match=text):
            requests.get(f"{base}/{name}", timeout=10)


def see_delay(base: str, seconds: float) -> None:
    """Check that every response is delayed by at least some seconds."""
    assert requests.get(f"{base}/ds-api/", timeout=10).elapsed.total_seconds() >= seconds


def see_everything_reset(base: str) -> None:
    """Check that there are no stubs and no requests."""
    assert requests.get(f"{base}/__admin/mappings").json()["mappings"] == []
    assert requests.get(f"{base}/__admin/requests").json()["requests"] == []
