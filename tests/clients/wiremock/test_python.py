"""The client for Python: `wiremock` on PyPI."""

import pytest
import requests
from wiremock.client import (
    BasicAuthCredentials,
    DelayDistribution,
    GlobalSetting,
    GlobalSettings,
    Mapping,
    MappingRequest,
    MappingResponse,
    Mappings,
    NearMisses,
    NearMissMatchPatternRequest,
    NearMissMatchRequest,
    Requests,
    Scenarios,
)
from wiremock.constants import Config
from wiremock.exceptions import ClientException, NotFoundException, RequiresLoginException

from tests.clients.wiremock.conftest import ADMIN_TOKEN
from tests.clients.wiremock.seen import FAULTS, see_delay, see_everything_reset, see_faults

Pattern = NearMissMatchPatternRequest


@pytest.fixture(autouse=True)
def _address(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Config, "base_url", f"{base}/__admin")


def registered(path: str, **mapping: object) -> Mapping:
    request = MappingRequest(method="GET", url=path)
    return Mappings.create_mapping(Mapping(request=request, **mapping))


def statuses(base: str, *paths: str) -> list[int]:
    return [requests.get(base + path).status_code for path in paths]


def test_requests_are_listed_found_and_counted(base: str) -> None:
    assert statuses(base, "/ds-api/?a=b", "/ds-api/roles", "/ds-api/?a=c") == [200, 401, 200]
    journal = Requests.get_all_received_requests(parameters={})
    assert (journal.meta.total, journal.request_journal_disabled) == (3, False)
    assert [entry.request.url for entry in journal.requests] == [
        "/ds-api/?a=c",
        "/ds-api/roles",
        "/ds-api/?a=b",
    ]
    newest = journal.requests[0]
    one = Requests.get_request(newest.id)
    assert (one.id, one.request.client_ip) == (newest.id, "127.0.0.1")
    assert isinstance(one.request.logged_date, int)
    assert one.response_definition.status == 200

    pattern = Pattern(method="GET", url_path="/ds-api/", query_parameters={"a": {"equalTo": "b"}})
    assert Requests.get_matching_request_count(pattern).count == 1
    (found,) = Requests.get_matching_requests(pattern).requests
    assert found.absolute_url.endswith("/ds-api/?a=b")
    assert Requests.get_matching_request_count(Pattern(method="PUT")).count == 0


def test_credentials_of_a_request_are_matched_and_not_shown(base: str) -> None:
    requests.get(f"{base}/ds-api/roles", auth=("myUser", "myPassword"))
    right, wrong = (
        Pattern(
            method="GET",
            url="/ds-api/roles",
            basic_auth_credentials=BasicAuthCredentials(username="myUser", password=password),
        )
        for password in ("myPassword", "else")
    )
    assert Requests.get_matching_request_count(wrong).count == 0
    (found,) = Requests.get_matching_requests(right).requests
    assert found.headers["Authorization"].startswith("Basic [redacted:")


def test_unmatched_requests_have_near_misses(base: str) -> None:
    statuses(base, "/ds-api/", "/ds-api/role")
    (unmatched,) = Requests.get_unmatched_requests().requests
    assert unmatched.url == "/ds-api/role"
    misses = Requests.get_unmatched_requests_near_misses().near_misses
    assert [miss.request.url for miss in misses] == ["/ds-api/role"] * 3
    distances = [miss.match_result.distance for miss in misses]
    assert 0 < distances[0] <= distances[1] <= distances[2] <= 1


def test_request_and_pattern_have_near_misses(base: str) -> None:
    statuses(base, "/ds-api/roles")
    request = NearMissMatchRequest(method="GET", url="/ds-api/role", absolute_url=f"{base}/x")
    assert len(NearMisses.find_nearest_misses_by_request(request).near_misses) == 3
    pattern = Pattern(method="PUT", url="/ds-api/roles")
    (miss,) = NearMisses.find_nearest_misses_by_request_pattern(pattern).near_misses
    assert (miss.request.url, miss.request_pattern.method) == ("/ds-api/roles", "PUT")
    assert 0 < miss.match_result.distance < 1


def test_stub_is_created_listed_read_updated_and_deleted(base: str) -> None:
    stub = registered("/tea", response=MappingResponse(status=418, json_body={"a": 1}), priority=3)
    assert requests.get(f"{base}/tea").json() == {"a": 1}
    listed = Mappings.retrieve_all_mappings()
    assert (listed.meta.total, listed.mappings[0].id) == (1, stub.id)
    assert Mappings.retrieve_mapping(stub).priority == 3

    stub.response = MappingResponse(status=204)
    assert Mappings.update_mapping(stub).response.status == 204
    assert statuses(base, "/tea") == [204]
    Mappings.delete_mapping(stub)
    assert statuses(base, "/tea") == [404]
    with pytest.raises(NotFoundException, match="there is no such mapping"):
        Mappings.retrieve_mapping(stub.id)


def test_scenario_changes_its_state(base: str) -> None:
    registered(
        "/s",
        scenario_name="s",
        required_scenario_state="Started",
        new_scenario_state="two",
        response=MappingResponse(status=201),
    )
    registered(
        "/s",
        scenario_name="s",
        required_scenario_state="two",
        response=MappingResponse(status=202),
    )
    assert statuses(base, "/s", "/s") == [201, 202]
    Scenarios.reset_all_scenarios()
    assert statuses(base, "/s") == [201]


def test_each_fault_is_seen(base: str) -> None:
    for name in FAULTS:
        registered(f"/{name}", response=MappingResponse(fault=name))
    see_faults(base)


def test_a_delay_for_all_is_seen(base: str) -> None:
    GlobalSettings.update_global_settings(GlobalSetting(fixed_delay=60))
    see_delay(base, 0.06)


def test_a_delay_by_chance_is_seen(base: str) -> None:
    chance = DelayDistribution(distribution_type="uniform", lower=60, upper=70)
    registered("/ds-api/", response=MappingResponse(delay_distribution=chance))
    see_delay(base, 0.06)


def test_stubs_and_journal_are_reset(base: str) -> None:
    for reset in (Mappings.reset_mappings, Mappings.delete_all_mappings):
        registered("/tea", response=MappingResponse(status=418))
        assert statuses(base, "/tea") == [418]
        reset()
        assert statuses(base, "/tea") == [404]
    Requests.reset_request_journal()
    see_everything_reset(base)


@pytest.mark.parametrize(("mapping", "named"), [
    ({"response": MappingResponse(body_file_name="a.json")}, "response.bodyFileName"),
    ({"response": MappingResponse(proxy_base_url="http://a")}, "response.proxyBaseUrl"),
    ({"post_serve_actions": {"webhook": {}}}, "postServeActions"),
])  # fmt: skip
def test_unsupported_field_is_refused_by_name(mapping: dict[str, object], named: str) -> None:
    with pytest.raises(ClientException, match=f"{named} is not supported"):
        registered("/a", **mapping)


def test_stubs_are_deleted_by_their_metadata(base: str) -> None:
    for path, metadata in (("/a", {"a": 1}), ("/b", {"b": 1})):
        registered(path, metadata=metadata, response=MappingResponse(status=418))
    Mappings.delete_mapping_by_metadata({"matchesJsonPath": "$.a"})
    assert statuses(base, "/a", "/b") == [404, 418]


def test_admin_token_is_sent_as_a_header(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Config, "base_url", f"{guarded}/__admin")
    with pytest.raises(RequiresLoginException, match="admin token"):
        registered("/tea")
    bearer = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    monkeypatch.setattr(Config, "headers", {**Config.headers, **bearer})
    registered("/tea", response=MappingResponse(status=418))
    assert statuses(guarded, "/tea") == [418]
    assert Requests.get_matching_request_count(Pattern(method="GET", url="/tea")).count == 1
    with pytest.raises(RequiresLoginException):  # this one call of the client sends no headers
        NearMisses.find_nearest_misses_by_request_pattern(Pattern(url="/tea"))
