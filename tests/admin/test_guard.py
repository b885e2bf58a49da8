"""Who may control: programs on this machine, and no page of another origin."""

import pytest

from mockserver.admin.application import Application, new_application
from mockserver.admin.routes import ROUTES
from mockserver.emulator.engine import Engine
from mockserver.model.errors import ConfigurationError
from mockserver.model.http import Response
from tests.engine_client import content, header, request

LOCAL = {"Host": "localhost"}


def asked(engine: Engine, line: str, headers: dict[str, str], peer: str = "127.0.0.1") -> Response:
    return Application(lambda _: engine).answer(request(line, headers, peer=peer))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", [
    "localhost", "LOCALHOST:7401", "localhost.", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:1",
])  # fmt: skip
def test_a_program_on_this_machine_may_control(engine: Engine, peer: str, host: str) -> None:
    assert asked(engine, "GET /__admin/health", {"Host": host}, peer).status == 200


@pytest.mark.parametrize(
    "peer", ["10.0.0.1", "8.8.8.8", "fe80::1", "::ffff:8.8.8.8", "", "unix:", "x"]
)
def test_another_machine_may_not(engine: Engine, peer: str) -> None:
    refused(asked(engine, "GET /__admin/health", LOCAL, peer))


@pytest.mark.parametrize("headers", [
    {}, {"Host": ""}, {"Host": "evil.test"}, {"Host": "localhost.evil.test"},
    {"Host": "127.0.0.1.evil.test"}, {"Host": "127.0.0.2"}, {"Host": "[::2]"}, {"Host": "0.0.0.0"},
    {"Host": "api.dapi.com"}, {"Host": "localhost, evil.test"},
])  # fmt: skip
def test_a_foreign_host_is_refused(engine: Engine, headers: dict[str, str]) -> None:
    refused(asked(engine, "GET /__admin/health", headers))


@pytest.mark.parametrize("origin", [
    "https://evil.test", "http://localhost.evil.test", "http://localhost@evil.test",
    "http://evil.test#localhost", "null", "", "localhost", "http://[::1", "file://", "http://[::2]",
])  # fmt: skip
def test_a_page_of_another_origin_is_refused(engine: Engine, origin: str) -> None:
    refused(asked(engine, "POST /__admin/reset", {**LOCAL, "Origin": origin}))


def test_a_page_of_another_port_is_of_another_origin(engine: Engine) -> None:
    headers = {"Host": "localhost:7401", "Origin": "http://localhost:3000"}
    refused(asked(engine, "POST /__admin/reset", headers))


@pytest.mark.parametrize("host", ["localhost:7401", "127.0.0.1:7401", "[::1]:7401"])
def test_a_page_of_the_servers_own_origin_may_control(engine: Engine, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert asked(engine, "GET /__admin/health", headers).status == 200


@pytest.mark.parametrize("line", [line for route in ROUTES for line in route.lines])
@pytest.mark.parametrize(("headers", "peer"), [
    (LOCAL, "10.0.0.1"),
    ({"Host": "evil.test"}, "127.0.0.1"),
    ({**LOCAL, "Origin": "https://evil.test"}, "127.0.0.1"),
])  # fmt: skip
def test_every_call_is_guarded(
    engine: Engine, line: str, headers: dict[str, str], peer: str
) -> None:
    refused(asked(engine, line.replace(" ", " /__admin", 1), headers, peer))


def test_what_does_not_exist_is_guarded_too(engine: Engine) -> None:
    refused(asked(engine, "GET /__admin/nonsense", {"Host": "evil.test"}))


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_no_page_is_told_that_it_may(engine: Engine, method: str) -> None:
    origin = {"Host": "localhost:7401", "Origin": "http://localhost:7401"}
    response = asked(engine, f"{method} /__admin/clock", origin)
    assert header(response, "Access-Control-Allow-Origin") is None


def test_vendors_answer_to_anybody(engine: Engine) -> None:
    assert asked(engine, "GET /ds-api/", {"Origin": "https://evil.test"}, "8.8.8.8").status == 200


TOKEN = "an-admin-token-of-this-test"
FAR = {"Host": "mock.example.org", "Authorization": f"Bearer {TOKEN}"}


def asked_with_token(line: str, headers: dict[str, str]) -> Response:
    """The answer of a mock that has an admin token to another machine."""
    front = new_application({}, admin_token=TOKEN)
    return front.answer(request(line, headers, peer="10.0.0.1"))


@pytest.mark.parametrize("line", ["GET /__admin/clock", "POST /ns/a/__admin/reset"])
def test_who_has_the_admin_token_may_control_from_anywhere(line: str) -> None:
    assert asked_with_token(line, FAR).status == 200


@pytest.mark.parametrize("authorization", [
    "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer x{TOKEN}",
    f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN} {TOKEN}", "Bearer \ud800", "Bearer é",
])  # fmt: skip
@pytest.mark.parametrize("peer", ["10.0.0.1", "127.0.0.1"])
def test_who_has_it_not_may_not_wherever(authorization: str, peer: str) -> None:
    headers = {**LOCAL, "Authorization": authorization} if authorization else LOCAL
    asked = request("GET /__admin/clock", headers, peer=peer)
    response = new_application({}, admin_token=TOKEN).answer(asked)
    assert (response.status, header(response, "WWW-Authenticate")) == (401, "Bearer")
    assert header(response, "Content-Type") == "application/problem+json"


@pytest.mark.parametrize("line", [line for route in ROUTES for line in route.lines])
def test_every_call_but_health_and_version_asks_for_it(line: str) -> None:
    stranger = {"Host": "mock.example.org"}
    status = asked_with_token(line.replace(" ", " /__admin", 1), stranger).status
    assert status == (200 if line in ("GET /health", "GET /version") else 401)


def test_a_page_of_another_origin_is_refused_even_with_it() -> None:
    refused(asked_with_token("GET /__admin/clock", {**FAR, "Origin": "https://evil.test"}))
    refused(asked_with_token("GET /__admin/health", {**FAR, "Origin": "https://evil.test"}))


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


def refused(response: Response) -> None:
    assert (response.status, content(response)["status"]) == (403, 403)
    assert header(response, "Content-Type") == "application/problem+json"


def test_who_is_refused_makes_no_namespace() -> None:
    guarded, local = new_application({}, admin_token=TOKEN), new_application({})
    for number in range(5):
        line = f"POST /ns/{number}/__admin/reset"
        assert guarded.answer(request(line, LOCAL)).status == 401
        refused(local.answer(request(line, {**LOCAL, "Origin": "https://evil.test"})))
    assert len(guarded.namespaces.all()) == len(local.namespaces.all()) == 1
