"""Namespaces: a state of its own under `/ns/<name>`, for everything there is."""

from typing import Any

import pytest

from mockserver.admin.application import Application
from mockserver.model.http import Response
from tests.engine_client import basic, content, fresh_application, header, request
from tests.vendor_tokens import DATASENTINEL_LOGIN


@pytest.fixture
def front() -> Application:
    return fresh_application()


def asked(
    front: Application, line: str, headers: dict[str, str] | None = None, **json: Any
) -> Response:
    """The answer to a request; `json`: fields of its body, if there are any."""
    sent = {"Host": "localhost", **(headers or {})}
    return front.answer(request(line, sent, json=json) if json else request(line, sent))


def value(front: Application, line: str, **json: Any) -> Any:
    response = asked(front, line, **json)
    assert response.status in (200, 201), content(response)
    return content(response)


@pytest.mark.parametrize("prefix", ["", "/datasentinel"])
def test_every_vendor_path_exists_in_a_namespace(front: Application, prefix: str) -> None:
    response = asked(front, f"POST /ns/a{prefix}/ds-api/user-token", DATASENTINEL_LOGIN)
    assert response.status == 201
    shown = value(front, "GET /ns/a/__admin/requests")["requests"][0]["request"]
    assert (shown["vendor"], shown["url"]) == ("datasentinel", f"{prefix}/ds-api/user-token")


def test_a_vendors_address_in_a_namespace_is_below_it(front: Application) -> None:
    vendors = value(front, "GET /ns/a-b/__admin/vendors")["vendors"]
    assert vendors[0]["base_url"] == "http://localhost/ns/a-b/dapi"


def test_the_root_of_a_namespace_is_nobodys(front: Application) -> None:
    for line in ("GET /ns/a", "GET /ns/a/"):
        assert header(asked(front, line), "Content-Type") == "application/problem+json"
    assert [
        each["url"] for each in value(front, "GET /ns/a/__admin/requests/unmatched")["requests"]
    ] == ["/", "/"]


def test_tokens_of_one_are_refused_by_another(front: Application) -> None:
    token = content(asked(front, "POST /ns/a/ds-api/user-token", DATASENTINEL_LOGIN))["user-token"]
    statuses = [
        asked(front, f"GET {prefix}/ds-api/roles", {"user-token": token}).status
        for prefix in ("/ns/a", "/ns/b", "")
    ]
    assert statuses == [200, 401, 401]
    listed = [value(front, f"GET {ns}/__admin/tokens")["tokens"] for ns in ("/ns/a", "/ns/b", "")]
    assert [sum(each["kind"] == "access token" for each in tokens) for tokens in listed] == [
        1,
        0,
        0,
    ]


def test_accounts_of_one_are_not_known_to_another(front: Application) -> None:
    account = {"user": "alice", "password": "secret"}
    value(front, "POST /ns/a/__admin/accounts", vendor="datasentinel", credentials=account)
    statuses = [
        asked(front, f"POST {prefix}/ds-api/user-token", basic("alice", "secret")).status
        for prefix in ("/ns/a", "/ns/b", "")
    ]
    assert statuses == [201, 401, 401]


def test_each_has_its_own_clock(front: Application) -> None:
    value(front, "POST /ns/a/__admin/clock/advance", seconds=60)
    value(front, "PUT /ns/b/__admin/clock", now="2030-01-01T00:00:00Z")
    moments = [
        value(front, f"GET {prefix}/__admin/clock")["now"] for prefix in ("/ns/a", "/ns/b", "")
    ]
    assert moments == ["2026-01-01T00:01:00Z", "2030-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]
    dates = [
        header(asked(front, f"GET {prefix}/ds-api/"), "Date") for prefix in ("/ns/a", "/ns/b", "")
    ]
    assert dates == [
        "Thu, 01 Jan 2026 00:01:00 GMT",
        "Tue, 01 Jan 2030 00:00:00 GMT",
        "Thu, 01 Jan 2026 00:00:00 GMT",
    ]


def test_each_has_its_own_stubs_settings_and_journal(front: Application) -> None:
    value(front, "POST /ns/a/__admin/mappings", error=503)
    value(front, "POST /ns/b/__admin/settings", fixedDelay=100)
    answers = [asked(front, f"GET {prefix}/ds-api/") for prefix in ("/ns/a", "/ns/b", "")]
    assert [(each.status, each.delay) for each in answers] == [(503, 0), (200, 0.1), (200, 0)]
    for prefix in ("/ns/a", "/ns/b", ""):
        assert value(front, f"POST {prefix}/__admin/requests/count")["count"] == 1


def test_a_reset_is_of_one_alone(front: Application) -> None:
    for prefix in ("/ns/a", "/ns/b", ""):
        value(front, f"POST {prefix}/__admin/mappings", error=503)
    value(front, "POST /ns/a/__admin/reset")
    statuses = [asked(front, f"GET {prefix}/ds-api/").status for prefix in ("/ns/a", "/ns/b", "")]
    assert statuses == [200, 503, 503]


def test_a_namespace_that_is_dropped_begins_anew(front: Application) -> None:
    for name in ("a", "b"):
        value(front, f"POST /ns/{name}/__admin/mappings", error=503)
    assert value(front, "DELETE /ns/a/__admin") == {}
    assert [asked(front, f"GET /ns/{name}/ds-api/").status for name in ("a", "b")] == [200, 503]
    assert value(front, "DELETE /ns/never-used/__admin") == {}


def test_everybodys_state_cannot_be_dropped(front: Application) -> None:
    value(front, "POST /__admin/mappings", error=503)
    response = asked(front, "DELETE /__admin")
    assert (response.status, content(response)["detail"]) == (404, "there is nothing at /__admin")
    assert asked(front, "GET /ds-api/").status == 503


@pytest.mark.parametrize("line", [
    "GET /ns/", "GET /ns//ds-api/", "GET /ns/a%20b/x", "GET /ns/%2e%2e/x", "GET /ns/%C3%A4",
])  # fmt: skip
def test_a_bad_name_is_refused(front: Application, line: str) -> None:
    response = asked(front, line)
    assert (response.status, "1 to 100 letters" in content(response)["detail"]) == (400, True)
    assert header(response, "Content-Type") == "application/problem+json"


def test_a_namespace_has_no_namespaces(front: Application) -> None:
    assert asked(front, "GET /ns/a/ns/b/ds-api/").status == 404
    assert asked(front, "GET /ns/a/ns/b/__admin/clock").status == 404


def test_a_foreign_page_can_do_nothing_in_a_namespace_either(front: Application) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        assert asked(front, "DELETE /ns/a/__admin", headers).status == 403
