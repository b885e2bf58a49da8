"""Every run first shows that it can fail; one that cannot says so instead of passing."""

from pathlib import Path

import pytest

from mockserver.model.http import Request, Response
from mockserver.verification import mock_adapters
from mockserver.verification.check_runner import SelfCheckFailed, self_check
from tests.command_line import run


def as_it_is(_request: Request, response: Response) -> Response:
    return response


def test_a_planted_divergence_is_caught() -> None:
    assert self_check(()) is None


def test_a_divergence_that_is_not_caught_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mock_adapters, "with_one_divergence", as_it_is)
    with pytest.raises(SelfCheckFailed, match="dapi, datasentinel, dstor, kitegateway"):
        self_check(())


def test_the_command_exits_with_4_then(tmp_path: Path) -> None:
    """The interpreter of the command is told to plant nothing."""
    (tmp_path / "sitecustomize.py").write_text(
        "import mockserver.verification.mock_adapters as doors\n"
        "doors.with_one_divergence = lambda request, response: response\n"
    )
    done = run("verify", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 4
    assert "do not see a planted divergence" in done.stderr
    assert done.stdout == ""
