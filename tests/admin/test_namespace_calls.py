"""The list of namespaces, and calls that drop many of them."""

import pytest

from mockserver.admin.application import Application
from tests.engine_client import content, fresh_application
from tests.storage.outage import ask


@pytest.fixture
def front() -> Application:
    front = fresh_application()
    for name in ("a", "b"):
        assert ask(front, f"GET /ns/{name}/ds-api/").status == 200
    return front


def names(front: Application) -> list[str]:
    listed = content(ask(front, "GET /__admin/namespaces"))
    assert listed["total"] == len(listed["namespaces"])
    return [each["name"] for each in listed["namespaces"]]


def test_namespaces_are_listed_with_their_sizes(front: Application) -> None:
    ask(front, "GET /ns/a/ds-api/")
    listed = content(ask(front, "GET /__admin/namespaces?limit=1"))
    (found,) = listed["namespaces"]
    assert (listed["total"], found["name"]) == (2, "a")
    assert found["lastUsed"].endswith("Z")
    assert found["sizes"].pop("records") > 10
    assert found["sizes"] == {"requests": 2, "tokens": 1, "stubs": 0}


def test_all_or_idle_ones_are_dropped(front: Application) -> None:
    for idle in ("?idle=1h", "?idle=1d12h"):
        assert content(ask(front, f"DELETE /__admin/namespaces{idle}")) == {"dropped": 0}
    assert names(front) == ["b", "a"]
    assert content(ask(front, "DELETE /__admin/namespaces")) == {"dropped": 2}
    assert names(front) == []


@pytest.mark.parametrize(
    "line", ["DELETE /__admin/namespaces?idle=soon", "GET /__admin/namespaces?limit=x"]
)
def test_what_cannot_be_read_is_refused(front: Application, line: str) -> None:
    assert ask(front, line).status == 400
    assert ask(front, line.replace("/__admin", "/ns/a/__admin")).status == 404
    assert names(front) == ["a", "b"]


@pytest.mark.parametrize("idle", [["1h"], True, {}, 1e300])
def test_an_idle_that_is_no_duration_is_named(front: Application, idle: object) -> None:
    refused = ask(front, "DELETE /__admin/namespaces", idle=idle)
    assert refused.status == 400
    assert content(refused)["detail"].startswith("idle ")
    assert len(names(front)) == 2


def test_a_page_of_another_site_creates_none(front: Application) -> None:
    page = {"Sec-Fetch-Site": "cross-site"}
    for path in ("ds-api/", "__admin/health"):
        assert ask(front, f"GET /ns/new/{path}", page).status == 400
    assert ask(front, "GET /ns/a/ds-api/", page).status == 200
    assert ask(front, "GET /ds-api/", page).status == 200
    assert names(front) == ["a", "b"]
