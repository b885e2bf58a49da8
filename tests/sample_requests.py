"""A request that succeeds for each endpoint of the built-in vendors."""

import re

from mockserver.emulator.engine import Engine
from mockserver.model.http import Request
from tests.engine_client import bearer, request
from tests.vendor_tokens import (
    DATASENTINEL_LOGIN,
    DSTOR_KEY,
    DSTOR_LOGIN,
    KITEGATEWAY_KEY,
    KITEGATEWAY_SECRET,
    Customer,
    connect,
    datasentinel_token,
    dstor_token,
    exchange_fields,
    kitegateway_token,
)

RANDOM = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    rb'|(?<="token":")[\w-]{43}(?=")'
    rb'|(?<="accessToken":")[^"]+'
    rb'|(?<="token":"JWT )[^"]+'
)
"""The parts of a response that differ each time: operation ids, upload tokens, some tokens."""


def sample_requests(engine: Engine) -> dict[str, Request]:
    """Return requests by vendor and endpoint, such as `dapi.balance`; each may be sent once."""
    return {
        **_dstor(engine),
        **_datasentinel(engine),
        **_dapi(engine),
        **_kitegateway(engine),
    }


def _dstor(engine: Engine) -> dict[str, Request]:
    upload = {"chunks_number": 1, "folder_path": "/"}
    token = bearer(dstor_token(engine))
    return {
        "dstor.temp_token": request("GET /v1/dev/temp-token", DSTOR_KEY),
        "dstor.login": request("POST /v1/dev/temp-token", json=DSTOR_LOGIN),
        "dstor.upload_token": request("POST /v1/upload/get-token", token, json=upload),
    }


def _datasentinel(engine: Engine) -> dict[str, Request]:
    token = datasentinel_token(engine)
    return {
        "datasentinel.create_token": request("POST /ds-api/user-token", DATASENTINEL_LOGIN),
        "datasentinel.token_info": request(
            f"GET /ds-api/user-token?token={token}", DATASENTINEL_LOGIN
        ),
        "datasentinel.health": request("GET /ds-api/"),
        "datasentinel.roles": request("GET /ds-api/roles", {"user-token": token}),
    }


def _dapi(engine: Engine) -> dict[str, Request]:
    gone, here = Customer(engine), Customer(engine)

    def data(path: str, **fields: str) -> Request:
        body = {**here.secrets, "userInputs": [], "operationID": "", **fields}
        return request(f"POST {path}", here.headers, json=body)

    account = {"accountID": "dapi_user1-1001"}
    days = {"fromDate": "2026-01-01", "toDate": "2026-01-31"}
    return {
        "dapi.exchange_token": request(
            "POST /v2/auth/ExchangeToken", json=exchange_fields(connect(engine))
        ),
        "dapi.delink_user": request("POST /v2/users/DelinkUser", gone.headers, json=gone.secrets),
        "dapi.identity": data("/v2/data/identity/get"),
        "dapi.accounts": data("/v2/data/accounts/get"),
        "dapi.cards": data("/v2/data/cards/get"),
        "dapi.balance": data("/v2/data/balance/get", **account),
        "dapi.transactions": data("/v2/data/transactions/get", **account, **days),
        "dapi.accounts_metadata": data("/v2/metadata/accounts/get"),
    }


def _kitegateway(engine: Engine) -> dict[str, Request]:
    token = {"Authorization": kitegateway_token(engine)}
    return {
        "kitegateway.create_token": request(
            "POST /v1/auth/token", KITEGATEWAY_SECRET, json=KITEGATEWAY_KEY
        ),
        "kitegateway.balances": request("GET /v1/data/wallets/balances", token),
        "kitegateway.balance": request("GET /v1/data/wallets/GHS/balance", token),
    }
