"""What was observed is kept as shapes, without a secret, and remembered by later runs."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mockserver.model.errors import MockServerError
from mockserver.verification.check_client import shape
from mockserver.verification.observations import NotRecorded, Observation, last, record, remembered
from mockserver.verification.results import AskedService, CheckResult, ObservedAnswer, RunResults
from tests.command_line import call
from tests.verification.changes import renamed, success
from tests.verification.vendor_double import vendor_double

DAY = date(2026, 3, 1)
FINDING = CheckResult("acme.works", "acme", "It works.", "S", "a page", "agrees")
ANSWER = ObservedAnswer("acme", "GET /here", 200, "application/json", (("body", "object"),))


def findings(*found: CheckResult, answers: tuple[ObservedAnswer, ...] = (ANSWER,)) -> RunResults:
    services = {"acme": AskedService("acme.test", named=True, mock=False)}
    return RunResults("mock", [*found], services=services, answers=[*answers])


def kept(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def test_a_real_run_is_kept_as_shapes(tmp_path: Path) -> None:
    with vendor_double() as double:
        known = double.environment("kitegateway")
        arguments = ["verify", f"--base-url=kitegateway={double.base_url('kitegateway')}"]
        done = call(*arguments, "--record", "--fixtures", "kept", cwd=tmp_path, **known)
        assert done.returncode == 0, done.stderr
        (path,) = tmp_path.rglob("*.json")
        assert path.parent == tmp_path / "kept" / "kitegateway" / "observed"
        text = path.read_text()
        issued = [token["id"] for token in double.mock.tokens()]
    assert issued
    assert not any(secret in text for secret in (*known.values(), "eyJ"))
    content = kept(path)
    assert content["date"] == path.stem
    assert content["mock"] is False
    good = next(each for each in content["answers"] if each["status"] == 200)
    assert good["asked"] == "POST /v1/auth/token"
    assert good["shape"]["body.data.expires"] == "integer"
    assert good["shape"]["body.data.token (algorithm)"] == "HS256"
    assert good["shape"]["body.data.token (claim).exp"] == "integer"
    assert content["checks"]["kitegateway.prefix"]["verdict"] == "agrees"
    assert "kitegateway.internal_error" not in content["checks"]


def test_a_later_run_says_that_the_vendor_changed(tmp_path: Path) -> None:
    observe(tmp_path, FINDING)
    now = replace(FINDING, verdict="drifted", grade="breaking", detail="came 500")
    later = remembered(findings(now), last(tmp_path), DAY + timedelta(1)).rows[0]
    assert later.detail == "vendor changed: it was seen to be so on 2026-03-01; came 500"


@pytest.mark.parametrize(("then", "now"), [(True, False), (False, True)])
def test_what_a_mock_does_is_no_change_of_the_vendor(then: bool, now: bool, tmp_path: Path) -> None:
    services = {"acme": AskedService("acme.test", named=True, mock=then)}
    record(replace(findings(FINDING), services=services), tmp_path, DAY)
    wrong = replace(FINDING, verdict="drifted", grade="breaking", detail="came 500")
    services = {"acme": AskedService("acme.test", named=True, mock=now)}
    later = replace(findings(wrong), services=services)
    assert remembered(later, last(tmp_path), DAY + timedelta(1)).rows == [wrong]


def test_a_mock_does_not_take_the_place_of_the_vendor(tmp_path: Path) -> None:
    observe(tmp_path, FINDING)
    services = {"acme": AskedService("127.0.0.1:1", named=True, mock=True)}
    record(replace(findings(FINDING), services=services), tmp_path, DAY + timedelta(1))
    assert last(tmp_path) == {"acme.works": Observation(DAY, "agrees", mock=False)}


def test_another_host_has_a_file_of_its_own(tmp_path: Path) -> None:
    observe(tmp_path, FINDING)
    services = {"acme": AskedService("[::1]:80", named=True, mock=False)}
    for _ in range(2):
        record(replace(findings(FINDING), services=services), tmp_path, DAY)
    assert {path.name: kept(path)["host"] for path in tmp_path.rglob("*.json")} == {
        "2026-03-01.json": "acme.test",
        "2026-03-01--1-80.json": "[::1]:80",
    }


def test_half_a_character_in_a_name_is_kept(tmp_path: Path) -> None:
    answer = replace(ANSWER, shape=(("body.\ud800", "string"),))
    record(findings(FINDING, answers=(answer,)), tmp_path, DAY)
    (path,) = tmp_path.rglob("*.json")
    assert kept(path)["answers"][0]["shape"] == {"body.\ud800": "string"}


@pytest.mark.parametrize("missing", ["answers", "checks"])
def test_an_incomplete_file_is_an_error_that_names_it(missing: str, tmp_path: Path) -> None:
    observe(tmp_path, FINDING)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(json.dumps({name: it for name, it in kept(path).items() if name != missing}))
    with pytest.raises(NotRecorded, match=r"2026-03-01\.json is not a recording"):
        observe(tmp_path, FINDING)


def test_what_was_so_before_is_no_change(tmp_path: Path) -> None:
    now = replace(FINDING, verdict="drifted", grade="breaking", detail="came 500")
    observe(tmp_path, now)
    assert remembered(findings(now), last(tmp_path), DAY + timedelta(1)).rows == [now]


@pytest.mark.parametrize(("days", "stale"), [(30, False), (31, True)])
def test_an_old_observation_is_stale(days: int, stale: bool, tmp_path: Path) -> None:
    observe(tmp_path, FINDING)
    now = replace(FINDING, verdict="not-checked", detail="host unreachable")
    later = remembered(findings(now), last(tmp_path), DAY + timedelta(days)).rows[0]
    assert ("stale: last observed on 2026-03-01, 31 days ago" in later.detail) is stale


def observe(folder: Path, *found: CheckResult) -> None:
    record(findings(*found), folder, DAY)


def test_the_last_observation_counts(tmp_path: Path) -> None:
    observe(tmp_path, FINDING)
    record(findings(replace(FINDING, verdict="drifted")), tmp_path, DAY + timedelta(1))
    expected = Observation(DAY + timedelta(1), "drifted", mock=False)
    assert last(tmp_path) == {"acme.works": expected}


def test_two_runs_of_a_day_are_put_together(tmp_path: Path) -> None:
    observe(tmp_path, FINDING)
    other = replace(FINDING, id="acme.too")
    answer = replace(ANSWER, asked="GET /there")
    record(findings(other, answers=(answer,)), tmp_path, DAY)
    (path,) = tmp_path.rglob("*.json")
    assert kept(path)["checks"].keys() == {"acme.works", "acme.too"}
    assert [each["asked"] for each in kept(path)["answers"]] == ["GET /there", "GET /here"]


def test_of_what_was_not_checked_nothing_is_kept(tmp_path: Path) -> None:
    observe(tmp_path, replace(FINDING, verdict="not-checked"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["s3cr3t-of-somebody", "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmVk"])
def test_with_a_secret_in_it_nothing_is_written(text: str, tmp_path: Path) -> None:
    leaking = findings(FINDING, answers=(replace(ANSWER, shape=((f"body.{text}", "string"),)),))
    leaking.secrets.learn({"api-key": "s3cr3t-of-somebody"})
    with pytest.raises(NotRecorded, match="secret"):
        record(leaking, tmp_path, DAY)
    assert list(tmp_path.iterdir()) == []


def test_a_vendor_that_sends_secrets_as_names_is_not_recorded(tmp_path: Path) -> None:
    leak = success("/v1/data/wallets/balances", renamed("message", "YOUR_SECRET"))
    with vendor_double(leak) as double:
        arguments = ["verify", f"--base-url=kitegateway={double.base_url('kitegateway')}"]
        known = double.environment("kitegateway")
        done = call(*arguments, "--record", cwd=tmp_path, **known)
    assert done.returncode == 1
    assert "not recorded" in done.stderr
    assert "YOUR_SECRET" not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"date": "soon", "mock": 1, "checks": {}}'])
def test_a_file_that_is_no_observation_is_an_error_that_names_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "acme" / "observed" / "2026-03-01.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(MockServerError, match=r"2026-03-01\.json is not a recording"):
        last(tmp_path)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "acme").write_text("a file")
    with pytest.raises(NotRecorded):
        observe(tmp_path, FINDING)


def test_shapes() -> None:
    body = {"a": 1, "b": [{"c": "x"}, {"c": None}], "d": 1.5, "e": True, "f": "1.2.3"}
    assert shape(body) == {
        "body": "object",
        "body.a": "integer",
        "body.b": "array",
        "body.b[]": "object",
        "body.b[].c": "string or null",
        "body.d": "number",
        "body.e": "boolean",
        "body.f": "string",
    }
