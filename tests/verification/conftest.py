"""The services that are verified here run on this machine, which may be busy."""

import pytest

from mockserver.verification import guarded_client


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that is slow because the machine is busy is not unreachable."""
    monkeypatch.setattr(guarded_client, "_SILENCE", 60)
    monkeypatch.setattr(guarded_client, "_WHOLE", 120)
