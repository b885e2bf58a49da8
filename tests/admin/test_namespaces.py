"""Namespaces: a state of its own under `/ns/<name>`, for everything there is; calls about them."""

from typing import Any

import pytest

from mockserver.admin.application import Application
from mockserver.model.http import Response
from tests.engine_client import basic, content, fresh_application, header, refused, request
from tests.vendor_tokens import DATASENTINEL_LOGIN

THREE = ("/ns/a", "/ns/b", "")


@pytest.fixture
def front() -> Application:
    return fresh_application()


@pytest.fixture
def used(front: Application) -> Application:
    """An application in which the namespaces a and b were used, in this order."""
    for name in "ab":
        assert asked(front, f"GET /ns/{name}/ds-api/").status == 200
    return front


def asked(
    front: Application, line: str, headers: dict[str, str] | None = None, **json: Any
) -> Response:
    """Return the answer to a request; `json` are the fields of its body, if there are any."""
    sent = {"Host": "localhost", **(headers or {})}
    return front.answer(request(line, sent, json=json) if json else request(line, sent))


def value(front: Application, line: str, **json: Any) -> Any:
    response = asked(front, line, **json)
    assert response.status in (200, 201), content(response)
    return content(response)


def health(front: Application) -> list[int]:
    return [asked(front, f"GET {prefix}/ds-api/").status for prefix in THREE]


@pytest.mark.parametrize("prefix", ["", "/datasentinel"])
def test_every_vendor_path_exists_in_a_namespace(front: Application, prefix: str) -> None:
    response = asked(front, f"POST /ns/a-b{prefix}/ds-api/user-token", DATASENTINEL_LOGIN)
    assert response.status == 201
    shown = value(front, "GET /ns/a-b/__admin/requests")["requests"][0]["request"]
    assert (shown["vendor"], shown["url"]) == ("datasentinel", f"{prefix}/ds-api/user-token")
    vendors = value(front, "GET /ns/a-b/__admin/vendors")["vendors"]
    assert vendors[0]["base_url"] == "http://localhost/ns/a-b/dapi"


def test_the_root_of_a_namespace_is_nobodys_and_it_has_no_namespaces(front: Application) -> None:
    for line in ("GET /ns/a", "GET /ns/a/"):
        assert header(asked(front, line), "Content-Type") == "application/problem+json"
    unmatched = value(front, "GET /ns/a/__admin/requests/unmatched")["requests"]
    assert [each["url"] for each in unmatched] == ["/", "/"]
    for path in ("ds-api/", "__admin/clock"):
        assert asked(front, f"GET /ns/a/ns/b/{path}").status == 404


def test_each_has_its_own_tokens_and_accounts(front: Application) -> None:
    account = {"user": "alice", "password": "secret"}
    value(front, "POST /ns/a/__admin/accounts", vendor="datasentinel", credentials=account)
    login = basic("alice", "secret")
    bought = [asked(front, f"POST {prefix}/ds-api/user-token", login) for prefix in THREE]
    assert [response.status for response in bought] == [201, 401, 401]
    token = {"user-token": content(bought[0])["user-token"]}
    used = [asked(front, f"GET {prefix}/ds-api/roles", token).status for prefix in THREE]
    assert used == [200, 401, 401]
    listed = [value(front, f"GET {prefix}/__admin/tokens")["tokens"] for prefix in THREE]
    kinds = [[each["kind"] for each in tokens].count("access token") for tokens in listed]
    assert kinds == [1, 0, 0]


def test_each_has_its_own_clock(front: Application) -> None:
    value(front, "POST /ns/a/__admin/clock/advance", seconds=60)
    value(front, "PUT /ns/b/__admin/clock", now="2030-01-01T00:00:00Z")
    moments = [value(front, f"GET {prefix}/__admin/clock")["now"] for prefix in THREE]
    assert moments == ["2026-01-01T00:01:00Z", "2030-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]
    dates = [header(asked(front, f"GET {prefix}/ds-api/"), "Date") for prefix in THREE]
    days = ["Thu, 01 Jan 2026 00:01:00", "Tue, 01 Jan 2030 00:00:00", "Thu, 01 Jan 2026 00:00:00"]
    assert dates == [f"{day} GMT" for day in days]


def test_each_has_its_own_stubs_settings_and_journal(front: Application) -> None:
    value(front, "POST /ns/a/__admin/mappings", error=503)
    value(front, "POST /ns/b/__admin/settings", fixedDelay=100)
    answers = [asked(front, f"GET {prefix}/ds-api/") for prefix in THREE]
    assert [(each.status, each.delay) for each in answers] == [(503, 0), (200, 0.1), (200, 0)]
    counts = [value(front, f"POST {prefix}/__admin/requests/count")["count"] for prefix in THREE]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("line", ["POST /ns/a/__admin/reset", "DELETE /ns/a/__admin"])
def test_one_alone_is_reset_or_dropped_and_begins_anew(front: Application, line: str) -> None:
    for prefix in THREE:
        value(front, f"POST {prefix}/__admin/mappings", error=503)
    assert value(front, line) == {}
    assert value(front, "DELETE /ns/never-used/__admin") == {}
    assert health(front) == [200, 503, 503]
    assert refused(asked(front, "DELETE /__admin"), 404) == "there is no call at /__admin"
    assert health(front) == [200, 503, 503]


@pytest.mark.parametrize("line", [
    "GET /ns/", "GET /ns//ds-api/", "GET /ns/a%20b/x", "GET /ns/%2e%2e/x", "GET /ns/%C3%A4",
])  # fmt: skip
def test_a_bad_name_is_refused(front: Application, line: str) -> None:
    assert "1 to 100 letters" in refused(asked(front, line))


def test_a_foreign_page_can_do_nothing_in_a_namespace_and_creates_none(used: Application) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        assert asked(used, "DELETE /ns/a/__admin", headers).status == 403
    page = {"Sec-Fetch-Site": "cross-site"}
    for path in ("ds-api/", "__admin/health"):
        assert asked(used, f"GET /ns/new/{path}", page).status == 400
    for line in ("GET /ns/a/ds-api/", "GET /ds-api/"):
        assert asked(used, line, page).status == 200
    assert names(used) == ["a", "b"]


def names(front: Application) -> list[str]:
    listed = value(front, "GET /__admin/namespaces")
    assert listed["total"] == len(listed["namespaces"])
    return [each["name"] for each in listed["namespaces"]]


def test_namespaces_are_listed_with_their_sizes(used: Application) -> None:
    asked(used, "GET /ns/a/ds-api/")
    listed = value(used, "GET /__admin/namespaces?limit=1")
    (found,) = listed["namespaces"]
    assert (listed["total"], found["name"]) == (2, "a")
    assert found["lastUsed"].endswith("Z")
    assert found["sizes"].pop("records") > 10
    assert found["sizes"] == {"requests": 2, "tokens": 1, "stubs": 0}


def test_all_or_idle_ones_are_dropped(used: Application) -> None:
    for idle in ("?idle=1h", "?idle=1d12h"):
        assert value(used, f"DELETE /__admin/namespaces{idle}") == {"dropped": 0}
    assert names(used) == ["b", "a"]
    assert value(used, "DELETE /__admin/namespaces") == {"dropped": 2}
    assert names(used) == []


@pytest.mark.parametrize(("line", "body", "detail"), [
    ("DELETE /__admin/namespaces?idle=soon", {}, '"soon" is not a duration; a duration is'),
    *((f"GET /__admin/namespaces?limit={each}", {}, "limit must be") for each in ("x", "1" * 10)),
    *(("DELETE /__admin/namespaces", {"idle": each}, "idle ") for each in (["1h"], True, 1e300)),
    ("DELETE /__admin/namespaces", {"idle": {}}, "idle "),
])  # fmt: skip
def test_what_cannot_be_read_is_refused(
    used: Application, line: str, body: dict[str, Any], detail: str
) -> None:
    assert refused(asked(used, line, **body)).startswith(detail)
    assert asked(used, line.replace("/__admin", "/ns/a/__admin"), **body).status == 404
    assert names(used) == ["a", "b"]


def test_line_of_a_log_creates_no_namespace_and_has_the_secrets_of_its_own(
    used: Application,
) -> None:
    secret = str(value(used, "POST /ns/a/__admin/vendors/dapi/connect")["userSecret"])
    lines = [used.shown(request(f"GET /ns/{name}/x/{secret}")) for name in ("a", "b", "new")]
    assert [secret in line for line in lines] == [False, True, True]
    assert "new" not in used.namespaces.names()
