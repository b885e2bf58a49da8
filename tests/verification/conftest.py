"""Longer time limits for the services of these tests, because the machine may be busy."""

import signal
from collections.abc import Iterator

import pytest

from mockserver.verification import guarded_client


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Extend the time limits, so that a slow service does not count as unreachable."""
    monkeypatch.setattr(guarded_client, "_SILENCE", 60)
    monkeypatch.setattr(guarded_client, "_WHOLE", 120)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """`verify` in this process takes SIGTERM as an interrupt from then on."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
