"""Who may control: programs on this machine, and no page of another origin."""

import pytest

from mockserver.admin.application import Application, new_application
from mockserver.admin.routes import ROUTES
from mockserver.emulator.engine import Engine
from mockserver.model.errors import ConfigurationError
from mockserver.model.http import Response
from tests.engine_client import content, header, refused, request

LOCAL = {"Host": "localhost"}
HEALTH, RESET = "GET /__admin/health", "POST /__admin/reset"
EVIL = {"Origin": "https://evil.test"}
TOKEN = "an-admin-token-of-this-test"
FAR = {"Host": "mock.example.org", "Authorization": f"Bearer {TOKEN}"}
CALLS = [line.replace(" ", " /__admin", 1) for route in ROUTES for line in route.lines]
each_call = pytest.mark.parametrize("line", CALLS)


def asked(engine: Engine, line: str, headers: dict[str, str], peer: str = "127.0.0.1") -> Response:
    return Application(lambda _: engine).answer(request(line, headers, peer=peer))


def asked_with_token(line: str, headers: dict[str, str], peer: str = "10.0.0.1") -> Response:
    """Return the answer of a mock that has an admin token."""
    return new_application({}, admin_token=TOKEN).answer(request(line, headers, peer=peer))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", [
    "localhost", "LOCALHOST:7401", "localhost.", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:1",
])  # fmt: skip
def test_a_program_on_this_machine_and_a_page_of_the_servers_own_origin_may_control(
    engine: Engine, peer: str, host: str
) -> None:
    for headers in ({}, {"Origin": f"http://{host}"}):
        response = asked(engine, HEALTH, {"Host": host, **headers}, peer)
        assert response.status == 200
        assert header(response, "Access-Control-Allow-Origin") is None
    options = asked(engine, "OPTIONS /__admin/clock", {"Host": host, "Origin": f"http://{host}"})
    assert header(options, "Access-Control-Allow-Origin") is None


@pytest.mark.parametrize(
    "peer", ["10.0.0.1", "8.8.8.8", "fe80::1", "::ffff:8.8.8.8", "", "unix:", "x"]
)
def test_another_machine_may_not(engine: Engine, peer: str) -> None:
    refused(asked(engine, HEALTH, LOCAL, peer), 403)


@pytest.mark.parametrize("host", [
    None, "", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "127.0.0.2", "[::2]",
    "0.0.0.0", "api.dapi.com", "localhost, evil.test",
])  # fmt: skip
def test_a_foreign_host_is_refused(engine: Engine, host: str | None) -> None:
    refused(asked(engine, HEALTH, {} if host is None else {"Host": host}), 403)


@pytest.mark.parametrize("origin", [
    "https://evil.test", "http://localhost.evil.test", "http://localhost@evil.test",
    "http://evil.test#localhost", "null", "", "localhost", "http://[::1", "file://", "http://[::2]",
    "http://localhost:3000",
])  # fmt: skip
def test_a_page_of_another_origin_is_refused(engine: Engine, origin: str) -> None:
    refused(asked(engine, RESET, {"Host": "localhost:7401", "Origin": origin}), 403)


@pytest.mark.parametrize("line", [*CALLS, "GET /__admin/nonsense"])
def test_every_call_is_guarded_and_no_vendor(engine: Engine, line: str) -> None:
    refused(asked(engine, line, LOCAL, "10.0.0.1"), 403)
    for headers in ({"Host": "evil.test"}, {**LOCAL, **EVIL}):
        refused(asked(engine, line, headers), 403)
    assert asked(engine, "GET /ds-api/", EVIL, "8.8.8.8").status == 200


@pytest.mark.parametrize("line", ["GET /__admin/clock", "POST /ns/a/__admin/reset"])
def test_who_has_the_admin_token_may_control_from_anywhere_but_another_page(line: str) -> None:
    assert asked_with_token(line, FAR).status == 200
    for each in (line, HEALTH):
        refused(asked_with_token(each, {**FAR, **EVIL}), 403)


@pytest.mark.parametrize("authorization", [
    None, "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer x{TOKEN}",
    f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN} {TOKEN}", "Bearer \ud800", "Bearer é",
])  # fmt: skip
@pytest.mark.parametrize("peer", ["10.0.0.1", "127.0.0.1"])
def test_who_has_it_not_may_not_wherever(authorization: str | None, peer: str) -> None:
    headers = {**LOCAL, "Authorization": authorization} if authorization else LOCAL
    response = asked_with_token("GET /__admin/clock", headers, peer)
    refused(response, 401)
    assert header(response, "WWW-Authenticate") == "Bearer"


@each_call
def test_every_call_but_health_and_version_asks_for_it(line: str) -> None:
    status = asked_with_token(line, {"Host": "mock.example.org"}).status
    assert status == (200 if line in (HEALTH, "GET /__admin/version") else 401)


def test_it_is_never_shown() -> None:
    front = new_application({}, admin_token=TOKEN)
    for place in ("Authorization", "X-Other"):
        front.answer(request(f"GET /nowhere?q={TOKEN}", {place: f"Bearer {TOKEN}"}))
    shown = front.answer(request("GET /__admin/requests", FAR, peer="10.0.0.1"))
    assert len(content(shown)["requests"]) == 2
    assert TOKEN not in shown.body.decode()


@pytest.mark.parametrize("token", ["", " ", "two words", "tab\t", "é", "line\n"])
def test_a_token_that_no_header_carries_is_refused_at_once(token: str) -> None:
    with pytest.raises(ConfigurationError, match="admin token"):
        new_application({}, admin_token=token)


def test_who_is_refused_makes_no_namespace() -> None:
    guarded, local = new_application({}, admin_token=TOKEN), new_application({})
    for number in range(5):
        line = f"POST /ns/{number}/__admin/reset"
        assert guarded.answer(request(line, LOCAL)).status == 401
        refused(local.answer(request(line, {**LOCAL, **EVIL})), 403)
    assert len(guarded.namespaces.all()) == len(local.namespaces.all()) == 1
