"""Whoever is verified here runs on this machine, which may be busy."""

import pytest

from mockserver.verification import guarded_client as line


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No service here is unreachable for being slow; those that are play it on purpose."""
    monkeypatch.setattr(line, "_SILENCE", 60)
    monkeypatch.setattr(line, "_WHOLE", 120)
