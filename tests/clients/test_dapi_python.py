"""The client that Dapi publishes on PyPI. All that is changed is the address that it calls."""

import dapi.dapi_request
import pytest
import requests
from dapi import DapiClient


@pytest.fixture
def client(server: str, monkeypatch: pytest.MonkeyPatch) -> DapiClient:
    monkeypatch.setattr(dapi.dapi_request, "API_BASE_URL", f"{server}/dapi/v2")
    return DapiClient(app_secret="app_secret_value")


def test_exchange_use_and_delink(server: str, client: DapiClient) -> None:
    login = requests.post(f"{server}/__admin/vendors/dapi/connect").json()
    exchanged = client.auth.exchangeToken(login["accessCode"], login["connectionID"])
    assert exchanged["success"] is True
    assert exchanged["tokenID"] == login["tokenID"]

    session = exchanged["accessToken"], login["userSecret"]
    assert client.data.getIdentity(*session)["identity"]["name"] == "Customer dapi_user1"
    accounts = client.data.getAccounts(*session)["accounts"]
    balance = client.data.getBalance(*session, accounts[0]["id"])["balance"]
    assert balance == accounts[0]["balance"]
    rows = client.data.getTransactions(*session, accounts[0]["id"], "2026-01-01", "2026-01-31")
    assert [row["type"] for row in rows["transactions"]] == ["credit", "debit"]
    assert client.metadata.getAccounts(*session)["accountsMetadata"]["bankName"]

    assert client.auth.delinkUser(*session)["success"] is True
    dead = client.data.getIdentity(*session)
    assert (dead["success"], dead["type"]) == (False, "INVALID_ACCESS_TOKEN")


def test_code_is_exchanged_once(server: str, client: DapiClient) -> None:
    login = requests.post(f"{server}/__admin/vendors/dapi/connect").json()
    code = login["accessCode"], login["connectionID"]
    assert client.auth.exchangeToken(*code)["success"] is True
    assert client.auth.exchangeToken(*code)["type"] == "USED_ACCESS_CODE"
