"""Datasentinel: Basic authentication obtains a JWT that is valid for a day."""

from pathlib import Path

from mockserver.model.vendor import LiveService, TokenUsage, Vendor, get, post
from mockserver.vendors.datasentinel.user_token import (
    BUILT_IN,
    LOGINS,
    Settings,
    check_account,
    claims,
    create_token,
    credential,
    health,
    magic_account,
    new_account,
    refuse,
    roles,
    token_info,
)

vendor = Vendor(
    name="datasentinel",
    hosts=("platform-server",),
    endpoints=(
        post("/ds-api/user-token", create_token),
        get("/ds-api/user-token", token_info),
        get("/ds-api/", health),
        get("/ds-api/roles", roles),
    ),
    refuse=refuse,
    settings=Settings,
    accounts=(BUILT_IN,),
    new_account=new_account,
    magic_account=magic_account,
    logins=LOGINS,
    check_account=check_account,
    claims=claims,
    contract=Path(__file__).with_name("contract.yaml"),
    curl="-u myUser:myPassword -X POST {base_url}/ds-api/user-token",
    token_header=("typ", "alg"),
    secret_fields=("password", "user-token", "token"),
    live=LiveService(
        url_variable="DATASENTINEL_URL",
        credentials={"user": "DATASENTINEL_USER", "password": "DATASENTINEL_PASSWORD"},
    ),
    usage=TokenUsage(
        purchases=("create_token",),
        token=("user-token",),
        credential=credential,
        header="user-token",
        in_query={"token_info": ("token", "user-token")},
    ),
)
